package dev.virga.bench.library;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.RepoOp;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What makes a commit out of a root, and a frame out of a commit. */
@State(Scope.Benchmark)
public class SignatureBench {
  private static final Did OWNER = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final int BLOCK_BYTES = 4_000;

  private final SecureRandom random = new SecureRandom();
  private final PrivateKey k256 = PrivateKey.generate(Curve.K256, random);
  private final PrivateKey p256 = PrivateKey.generate(Curve.P256, random);
  private final PublicKey k256Public = k256.publicKey();
  private final PublicKey p256Public = p256.publicKey();
  private final byte[] message =
      "a commit, as far as a signature cares".getBytes(StandardCharsets.UTF_8);
  private final byte[] k256Signature = k256.sign(message);
  private final byte[] p256Signature = p256.sign(message);
  private final Tid rev = Tid.of(1_700_000_000_000_000L, 7);
  private final Cid root = Samples.cid(1);
  private final CommitEvent event =
      new CommitEvent(
          OWNER,
          rev,
          rev,
          root,
          new byte[BLOCK_BYTES],
          List.of(
              new CommitEvent.Op(
                  RepoOp.create(RepoPath.parse(Samples.path(1)), root).action().text(),
                  Samples.path(1),
                  root,
                  null)),
          root);
  private final Instant time = Instant.ofEpochMilli(1_700_000_000_000L);

  @Benchmark
  public byte[] signSecp256k1() {
    return k256.sign(message);
  }

  @Benchmark
  public boolean verifySecp256k1() {
    return k256Public.verify(message, k256Signature);
  }

  @Benchmark
  public byte[] signP256() {
    return p256.sign(message);
  }

  @Benchmark
  public boolean verifyP256() {
    return p256Public.verify(message, p256Signature);
  }

  @Benchmark
  public Commit signCommit() {
    return Commit.sign(OWNER, rev, root, k256);
  }

  @Benchmark
  public byte[] encodeFrame() {
    return event.frame(1, time);
  }
}

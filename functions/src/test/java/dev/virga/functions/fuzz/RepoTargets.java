package dev.virga.functions.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstCheck;
import dev.virga.atproto.repo.MstEntry;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.WriteConflictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The readers of {@code dev.virga.atproto.repo}. */
final class RepoTargets {
  private static final MstCheck.Limits LIMITS = new MstCheck.Limits(2_000, 2_000);
  private static final byte[] CID_PREFIX = {1, 0x71, 0x12, 0x20};
  private static final String KEY = "com.example.record/3jui7kd54zh2y";
  private static final Cid CID = Cid.ofRaw(new byte[0]);
  private static final PublicKey DID_KEY =
      PublicKey.parseDidKey("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme");

  private RepoTargets() {}

  /** What decodes is canonical, and its signature can be checked. */
  static void commit(byte[] input) {
    Commit commit;
    try {
      commit = Commit.decode(input);
    } catch (DataException refused) {
      return;
    }
    assertThat(commit.encode()).isEqualTo(input);
    assertThat(commit.cid()).isEqualTo(Cid.ofDagCbor(input));
    assertThat(commit.verify(DID_KEY)).isIn(true, false);
  }

  /**
   * A tree that is found whole is the one that its entries have; a tree that is not fails by name,
   * and so does working on it without a check.
   *
   * <p>The input is nodes from the leaves up, each after its length in two bytes. A link to the
   * node <em>i</em> has the digest of 31 zeroes and <em>i</em>, for which the true one is put in:
   * so mutated nodes still hang together.
   */
  static void mst(byte[] input) {
    Map<Cid, byte[]> blocks = new HashMap<>();
    Cid root = read(input, blocks);
    BlockSource source = BlockSource.of(blocks);
    attempt(source, root, tree -> tree.get(KEY).isPresent());
    attempt(source, root, tree -> tree.put(KEY, CID).root());
    attempt(source, root, tree -> tree.delete(KEY).root());
    attempt(source, root, tree -> tree.proof(KEY).size());
    List<MstEntry> entries = new ArrayList<>();
    try {
      MstCheck.verify(
          root,
          source,
          LIMITS,
          step -> {
            if (step instanceof MstStep.Record(String key, Cid cid)) {
              entries.add(new MstEntry(key, cid));
            }
          });
    } catch (DataException | MissingBlockException refused) {
      return;
    }
    Mst tree = Mst.load(root, source);
    assertThat(Mst.build(entries.iterator()).root()).isEqualTo(root);
    if (tree.get(KEY).isEmpty()) {
      assertThat(tree.insert(KEY, CID).delete(KEY).root()).isEqualTo(root);
    }
  }

  private static void attempt(BlockSource source, Cid root, Function<Mst, Object> work) {
    try {
      assertThat(work.apply(Mst.load(root, source))).isNotNull();
    } catch (DataException | MissingBlockException | WriteConflictException refused) {
      assertThat(refused).isNotNull();
    }
  }

  private static Cid read(byte[] input, Map<Cid, byte[]> blocks) {
    List<Cid> cids = new ArrayList<>();
    for (int at = 0; at + 2 <= input.length; ) {
      int length = (input[at] & 0xff) << 8 | (input[at + 1] & 0xff);
      int end = Math.min(input.length, at + 2 + length);
      byte[] node = Arrays.copyOfRange(input, at + 2, end);
      link(node, cids);
      Cid cid = Cid.ofDagCbor(node);
      cids.add(cid);
      blocks.put(cid, node);
      at = end;
    }
    return cids.isEmpty() ? CID : cids.getLast();
  }

  private static void link(byte[] node, List<Cid> cids) {
    for (int at = 0; at + Cid.LENGTH <= node.length; at++) {
      int last = at + Cid.LENGTH - 1;
      if (Arrays.equals(node, at, at + 4, CID_PREFIX, 0, 4)
          && Arrays.equals(node, at + 4, last, new byte[31], 0, 31)
          && (node[last] & 0xff) < cids.size()) {
        cids.get(node[last] & 0xff).copyTo(node, at);
      }
    }
  }
}

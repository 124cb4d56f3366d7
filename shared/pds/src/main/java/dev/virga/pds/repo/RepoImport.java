package dev.virga.pds.repo;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataModel;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.MstCheck;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes in a whole repository from another server.
 *
 * <p>The CAR is spooled to disk and checked to the last block before anything of it is stored: that
 * it is this account's, signed by the key of its DID document, complete and well-formed. It is then
 * committed again under our own key and a new revision, in one step however large it is. Sources:
 * atproto.com/specs/repository, atproto.com/guides/account-migration.
 */
public final class RepoImport {
  /** Revisions further ahead of our clock than this cannot be continued in time. */
  private static final Duration CLOCK_DRIFT = Duration.ofMinutes(5);

  /** Blocks beside the tree that an honest export may have left over from earlier commits. */
  private static final int STRAY_BLOCKS = 1_000;

  /** What an imported repository may have. */
  public record Limits(CarReader.Limits car, MstCheck.Limits tree) {
    /** Some twice the largest repositories known; the table of blocks then takes 130 MB. */
    public static final Limits USUAL =
        new Limits(
            new CarReader.Limits(2_000_000, 3_500_000, 16L << 30),
            new MstCheck.Limits(1_000_000, 2_500_000));
  }

  /** Finds the key that signs for an account, as its DID document says. */
  @FunctionalInterface
  public interface SigningKey {
    /**
     * The key.
     *
     * @param fresh whether the document must be fetched anew
     */
    Optional<PublicKey> find(Did did, boolean fresh);
  }

  private final Heads heads;
  private final ImportStore store;
  private final SigningKey signers;
  private final Function<Did, PrivateKey> keys;
  private final TidClock tids;
  private final InstantSource clock;
  private final Path directory;
  private final Limits limits;

  /**
   * An import.
   *
   * @param signers who signed what comes in
   * @param keys the account's own key on this server
   * @param directory where CARs are spooled
   */
  public RepoImport(
      Heads heads,
      ImportStore store,
      SigningKey signers,
      Function<Did, PrivateKey> keys,
      TidClock tids,
      InstantSource clock,
      Path directory,
      Limits limits) {
    this.heads = heads;
    this.store = store;
    this.signers = signers;
    this.keys = keys;
    this.tids = tids;
    this.clock = clock;
    this.directory = directory;
    this.limits = limits;
  }

  /**
   * Replaces the content of a repository by that of a CAR.
   *
   * @throws IOException if the CAR cannot be read to its end
   * @throws XrpcException 400 InvalidRequest if it is refused, 401 if a moderator keeps the owner
   *     out; the repository is as it was
   */
  public void run(Did did, InputStream car) throws IOException {
    require(did);
    try (SpooledCar blocks = new SpooledCar(car, limits.car(), directory)) {
      Commit imported = check(did, blocks);
      commit(did, imported, blocks);
    } catch (DataException | SyntaxException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (MissingBlockException e) {
      throw refused("a block is missing: " + e.cid());
    }
  }

  /**
   * The head to import on top of. Its state counts, not what was known of the account when the
   * request came: what happens to a barred repository is announced to nobody.
   */
  private Head require(Did did) {
    Head head =
        heads
            .find(did)
            .orElseThrow(
                () -> XrpcException.badRequest("RepoNotFound", "Could not find repo: " + did));
    head.state().requireUnbarred();
    return head;
  }

  private static XrpcException refused(String why) {
    return XrpcException.invalidRequest("Could not import the repository: " + why);
  }

  private Commit check(Did did, SpooledCar blocks) {
    Commit commit = Commit.decode(blocks.load(blocks.root()));
    if (!commit.did().equals(did)) {
      throw refused("it is that of " + commit.did());
    }
    if (!isSigned(did, commit)) {
      throw refused("its signature is not one of the account's key");
    }
    MstCheck.Size size =
        MstCheck.verify(
            commit.data(),
            blocks,
            limits.tree(),
            step -> {
              if (step instanceof MstStep.Record(String key, Cid cid)) {
                checkRecord(RepoPath.parse(key), blocks.load(cid));
              }
            });
    if (blocks.count() > 2 * (size.nodes() + size.records()) + STRAY_BLOCKS) {
      throw refused("it has far more blocks than its tree");
    }
    return commit;
  }

  private boolean isSigned(Did did, Commit commit) {
    return signers.find(did, false).filter(commit::verify).isPresent()
        || signers.find(did, true).filter(commit::verify).isPresent();
  }

  private static void checkRecord(RepoPath path, byte[] bytes) {
    if (bytes.length > RecordPreparer.MAX_RECORD) {
      throw new DataException("record is too large: " + path);
    }
    Value.Obj record = DagCbor.decodeObj(bytes);
    try {
      DataModel.check(record);
    } catch (DataException e) {
      throw new DataException("record " + path + ": " + e.getMessage(), e);
    }
  }

  private void commit(Did did, Commit imported, SpooledCar blocks) throws IOException {
    Head before = require(did);
    if (before.root().equals(imported.data())) {
      return; // nothing is different
    }
    Tid rev = tids.nextAfter(latest(before.changed(), imported.rev()));
    Commit ours = Commit.sign(did, rev, imported.data(), keys.apply(did));
    store.commit(did, before, ours, blocks);
    heads.forget(did);
  }

  /**
   * The later of two revisions, unless that of the import is one that we would have to wait for.
   */
  private Tid latest(Tid own, Tid imported) {
    Tid horizon = Tid.of(micros(), 0);
    return imported.compareTo(own) > 0 && imported.compareTo(horizon) < 0 ? imported : own;
  }

  private long micros() {
    return clock.instant().plus(CLOCK_DRIFT).toEpochMilli() * 1_000;
  }
}

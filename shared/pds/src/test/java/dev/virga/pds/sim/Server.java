package dev.virga.pds.sim;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.AccountDeletion;
import dev.virga.pds.account.AccountHandles;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.Admission;
import dev.virga.pds.account.HandleChanges;
import dev.virga.pds.account.HandlePolicy;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.NewAccounts;
import dev.virga.pds.account.SignUp;
import dev.virga.pds.account.SignUpIntents;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.auth.CheapPasswords;
import dev.virga.pds.auth.SessionTokens;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.blob.Quarantine;
import dev.virga.pds.blob.StrayBlobs;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.HandleResolver;
import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.repo.BlockCache;
import dev.virga.pds.repo.Cleanup;
import dev.virga.pds.repo.CommitStore;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.ImportStore;
import dev.virga.pds.repo.RecordTakedowns;
import dev.virga.pds.repo.Redo;
import dev.virga.pds.repo.RepoExport;
import dev.virga.pds.repo.RepoImport;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.repo.Tidying;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Sequencer;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocketFactory;

/** One process of the PDS in a {@link World}: all services, with nothing in memory yet. */
final class Server {
  private static final List<String> DOMAINS = List.of(".pds.test");
  private static final Did SERVICE = Did.parse("did:web:pds.test");

  final Faults faults = new Faults();
  final SigningKeys keys;
  final Accounts accounts;
  final Heads heads;
  final RepoWriter writer;
  final RepoReader reader;
  final RepoExport export;
  final RepoImport imports;
  final Blobs blobs;
  final StrayBlobs strays;
  final Quarantine quarantine;
  final SignUp signUp;
  final SignUpIntents intents;
  final AccountChanges changes;
  final HandleChanges handleChanges;
  final AccountDeletion deletion;
  final RecordTakedowns takedowns;
  final Tidying tidying;
  final EventLog log;
  final Sequencer sequencer;
  final Cleanup cleanup;
  final World world;
  private Duration skew = Duration.ZERO;

  /** A process whose TIDs carry a number that others may have as well. */
  Server(World world, int clockId) {
    this.world = world;
    Index index = faults.around(world.index);
    Objects objects = faults.around(world.objects);
    SeededRandom random = new SeededRandom(world.random.nextLong());
    InstantSource clock = () -> world.now().plus(skew);
    TidClock tids = new TidClock(clock, clockId);
    keys = new SigningKeys(index, new KeySealing(new byte[32], random), random);
    accounts = new Accounts(index, clock);
    Redo redo = new Redo(index, objects);
    heads = new Heads(index, redo);
    BlockCache cache = new BlockCache(1 << 20);
    CommitStore commits = new CommitStore(index, objects, redo, impatient());
    writer = new RepoWriter(index, objects, heads, cache, commits, keys, tids, clock);
    reader = new RepoReader(index, objects, heads, cache);
    export = new RepoExport(index, objects, reader, Runnable::run);
    blobs = new Blobs(index, objects, tids, did -> heads.fence(did, tids));
    strays = new StrayBlobs(index, objects, clock);
    quarantine = new Quarantine(index, objects, blobs, tids);
    ImportStore importStore = new ImportStore(index, objects, reader, blobs, redo, clock);
    imports =
        new RepoImport(
            heads,
            importStore,
            (did, fresh) -> keys.find(did).map(PrivateKey::publicKey),
            keys::of,
            tids,
            clock,
            world.scratch,
            RepoImport.Limits.USUAL);
    Sessions sessions =
        new Sessions(index, new SessionTokens(clock, new byte[3], SERVICE), clock, random);
    InviteCodes invites = new InviteCodes(index, clock, random, "pds.test");
    PlcIdentities identities =
        new PlcIdentities(directory(), world.rotationKey, null, URI.create("https://pds.test"));
    DidResolver dids =
        new DidResolver(
            index,
            world.directory,
            nowhere(),
            clock,
            Runnable::run,
            DidResolver.Lifetimes.USUAL,
            Duration.ofSeconds(3));
    HandleResolver handles =
        new HandleResolver(
            new AccountHandles(accounts, DOMAINS),
            name -> List.of(),
            nowhere(),
            Duration.ofSeconds(3));
    intents = new SignUpIntents(index, objects, identities, clock);
    Admission admission =
        new Admission(
            accounts,
            new HandlePolicy(DOMAINS, handles),
            CheapPasswords.of(random),
            invites,
            false);
    NewAccounts newAccounts =
        new NewAccounts(index, objects, accounts, keys, invites, sessions, writer::genesis);
    signUp = new SignUp(admission, keys, identities, intents, newAccounts, clock);
    changes = new AccountChanges(index, accounts, heads, sessions, tids);
    handleChanges = new HandleChanges(index, accounts, changes, identities, dids, clock);
    log = new EventLog(index, clock, World.WINDOW);
    deletion =
        new AccountDeletion(
            index,
            objects,
            accounts,
            heads,
            keys,
            invites,
            new MailTokens(index, clock, random),
            log,
            dids,
            tids);
    takedowns = new RecordTakedowns(index, heads, tids);
    tidying =
        new Tidying(
            index, objects, heads, reader, export, tids, clock, world.scratch, World.WINDOW);
    sequencer = new Sequencer(index, log, clock, last -> {});
    cleanup = new Cleanup(index, blobs, clock);
  }

  /** Sets this process's clock before or behind the world's. */
  void skew(Duration newSkew) {
    this.skew = newSkew;
  }

  /** Nobody waits in a simulation. */
  private static RandomGenerator impatient() {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public long nextLong(long origin, long bound) {
        return 0;
      }
    };
  }

  private static VettedFetcher nowhere() {
    return new VettedFetcher(
        host -> {
          throw new UnknownHostException(host);
        },
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        VettedFetcher.Policy.PUBLIC_ONLY,
        "test");
  }

  private interface Submission {
    void run() throws DirectoryException;
  }

  /** The directory, at the end of a line that may be cut as well. */
  private PlcDirectory directory() {
    return new PlcDirectory() {
      @Override
      public void submit(Did did, PlcOperation operation) throws DirectoryException {
        call(() -> world.directory.submit(did, operation));
      }

      @Override
      public Optional<Value.Obj> document(Did did) throws DirectoryException {
        call(() -> {});
        return world.directory.document(did);
      }

      @Override
      public Optional<PlcOperation> last(Did did) throws DirectoryException {
        call(() -> {});
        return world.directory.last(did);
      }
    };
  }

  private void call(Submission submission) throws DirectoryException {
    DirectoryException[] failure = new DirectoryException[1];
    try {
      boolean _ =
          faults.around(
              "directory",
              () -> {
                try {
                  submission.run();
                } catch (DirectoryException e) {
                  failure[0] = e;
                }
                return true;
              });
    } catch (StoreException e) {
      throw DirectoryException.unanswered("no answer", null);
    }
    if (failure[0] != null) {
      throw failure[0];
    }
  }
}

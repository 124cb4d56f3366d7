package dev.virga.functions;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.functions.identity.ResolveHandle;
import dev.virga.functions.repo.ApplyWrites;
import dev.virga.functions.repo.CreateRecord;
import dev.virga.functions.repo.DeleteRecord;
import dev.virga.functions.repo.DescribeRepo;
import dev.virga.functions.repo.GetRecord;
import dev.virga.functions.repo.ListMissingBlobs;
import dev.virga.functions.repo.ListRecords;
import dev.virga.functions.repo.NewRecords;
import dev.virga.functions.repo.PutRecord;
import dev.virga.functions.repo.UploadBlob;
import dev.virga.functions.server.CreateAccount;
import dev.virga.functions.server.CreateSession;
import dev.virga.functions.server.DeleteSession;
import dev.virga.functions.server.DescribeServer;
import dev.virga.functions.server.GetSession;
import dev.virga.functions.server.RefreshSession;
import dev.virga.functions.server.ServerDescription;
import dev.virga.functions.server.SessionAnswers;
import dev.virga.functions.site.FrontDoor;
import dev.virga.functions.site.Health;
import dev.virga.functions.site.Route;
import dev.virga.functions.site.Site;
import dev.virga.functions.site.WellKnown;
import dev.virga.functions.sync.GetBlob;
import dev.virga.functions.sync.GetBlocks;
import dev.virga.functions.sync.GetCheckout;
import dev.virga.functions.sync.GetHead;
import dev.virga.functions.sync.GetLatestCommit;
import dev.virga.functions.sync.GetRepo;
import dev.virga.functions.sync.GetRepoStatus;
import dev.virga.functions.sync.ListBlobs;
import dev.virga.functions.sync.ListRepos;
import dev.virga.functions.xrpc.Authenticator;
import dev.virga.functions.xrpc.HeaderAuthenticator;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.Unrouted;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.pds.account.AccountHandles;
import dev.virga.pds.account.AccountRepos;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.Admission;
import dev.virga.pds.account.HandlePolicy;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.account.MoveIn;
import dev.virga.pds.account.NewAccounts;
import dev.virga.pds.account.ReservedKeys;
import dev.virga.pds.account.SignIn;
import dev.virga.pds.account.SignUp;
import dev.virga.pds.account.SignUpIntents;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.account.SlurFilter;
import dev.virga.pds.auth.AppPasswords;
import dev.virga.pds.auth.Passwords;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionTokens;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.HandleResolver;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.repo.BlockCache;
import dev.virga.pds.repo.Cleanup;
import dev.virga.pds.repo.CommitStore;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.RecordPreparer;
import dev.virga.pds.repo.Redo;
import dev.virga.pds.repo.RepoExport;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Sequencer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The composition root of a PDS: every service and handler, built on the two ports and on what
 * {@link Outside} brings. Host and Lambda functions build on it; nothing else puts services
 * together.
 */
public final class Pds {
  /** Tree nodes that a process keeps in memory, in bytes. */
  private static final long NODE_CACHE = 24L << 20;

  private static final int MIN_PASSWORD = 8;

  /** Password hashes computed at once; each takes 19 MiB for its time. */
  private static final int HASHES_AT_ONCE = 2;

  /** A TID's clock id has ten bits. */
  private static final int CLOCK_IDS = 1 << 10;

  private final PdsConfig config;
  private final Index index;
  private final Objects objects;
  private final Outside outside;
  private final InstantSource clock;
  private final TidClock tids;
  private final Lexicons lexicons = Lexicons.bundled();

  private final Accounts accounts;
  private final SigningKeys signingKeys;
  private final Sessions sessions;
  private final AppPasswords appPasswords;
  private final Passwords passwords;
  private final InviteCodes invites;
  private final DidResolver dids;
  private final HandleResolver handles;
  private final AccountHandles ownHandles;
  private final Authenticator authenticator;
  private final AccountRepos repos;
  private final Blobs blobs;
  private final RepoWriter writer;
  private final RepoReader reader;
  private final RepoExport export;
  private final EventLog log;

  /** Puts a PDS together; nothing is started and nothing is read. */
  public Pds(
      PdsConfig config,
      Index index,
      Objects objects,
      Outside outside,
      InstantSource clock,
      SecureRandom random) {
    this.config = config;
    this.index = index;
    this.objects = objects;
    this.outside = outside;
    this.clock = clock;
    tids = new TidClock(clock, random.nextInt(CLOCK_IDS));

    accounts = new Accounts(index);
    signingKeys =
        new SigningKeys(
            index, new KeySealing(config.secrets().keySealing().bytes(), random), random);
    SessionTokens tokens =
        new SessionTokens(clock, config.secrets().jwt().bytes(), config.service().did());
    sessions = new Sessions(index, tokens, clock, random);
    appPasswords = new AppPasswords(index, sessions, clock, random);
    passwords = new Passwords(random, MIN_PASSWORD, HASHES_AT_ONCE);
    invites = new InviteCodes(index, clock, random, config.service().hostname());
    dids =
        new DidResolver(
            index,
            outside.plc(),
            outside.fetcher(),
            clock,
            outside.background(),
            new DidResolver.Lifetimes(
                config.identity().cacheStaleAfter(), config.identity().cacheDropAfter()),
            config.identity().resolverTimeout());
    ownHandles = new AccountHandles(accounts, config.identity().handleDomains());
    handles =
        new HandleResolver(
            ownHandles, outside.dns(), outside.fetcher(), config.identity().resolverTimeout());
    authenticator =
        new HeaderAuthenticator(
            tokens,
            new ServiceTokens(clock, random, config.service().did(), dids::key),
            config.secrets().adminPassword(),
            config.upstreams().moderation().map(PdsConfig.Upstream::did).orElse(null));

    Redo redo = new Redo(index, objects);
    Heads heads = new Heads(index, redo);
    BlockCache cache = new BlockCache(NODE_CACHE);
    repos = new AccountRepos(index, accounts);
    blobs = new Blobs(index, objects, tids);
    writer =
        new RepoWriter(
            index,
            objects,
            heads,
            cache,
            new CommitStore(index, objects, redo, random),
            signingKeys::of,
            tids,
            clock);
    reader = new RepoReader(index, objects, heads, cache);
    export = new RepoExport(index, objects, reader);
    log = new EventLog(index, clock, config.firehose().window());
  }

  /** Everything that answers HTTP, with further pages beside those that every PDS has. */
  public Site site(String version, List<Route> furtherPages) {
    XrpcDispatcher dispatcher =
        new XrpcDispatcher(
            methods().all(),
            lexicons,
            authenticator,
            RateLimiter.NONE,
            Unrouted.refusing(authenticator));
    List<Route> pages = new ArrayList<>(FrontDoor.routes());
    pages.addAll(new Health(index, version).routes());
    pages.addAll(new WellKnown(config, ownHandles::find).routes());
    pages.addAll(furtherPages);
    return new Site(dispatcher, pages);
  }

  /** The handlers of all methods. */
  public Methods methods() {
    return new Methods()
        .with(serverMethods())
        .with(List.of(new ResolveHandle(handles)))
        .with(repoMethods())
        .with(syncMethods());
  }

  private List<XrpcHandler> serverMethods() {
    SessionAnswers answers = new SessionAnswers(dids, config.identity().didDocWithSession());
    Admission admission =
        new Admission(
            accounts,
            new HandlePolicy(config.identity().handleDomains(), handles),
            passwords,
            invites,
            config.invites().required());
    PlcIdentities identities =
        new PlcIdentities(
            outside.plc(),
            config.secrets().rotationKey(),
            config.identity().recoveryKey().orElse(null),
            config.service().publicUrl());
    NewAccounts newAccounts =
        new NewAccounts(index, objects, accounts, signingKeys, invites, sessions, writer::genesis);
    SignUp signUp =
        new SignUp(
            admission,
            signingKeys,
            identities,
            new SignUpIntents(index, objects, identities, clock),
            newAccounts,
            clock);
    MoveIn moveIn =
        new MoveIn(
            admission,
            accounts,
            signingKeys,
            new ReservedKeys(index, signingKeys, clock),
            dids,
            newAccounts,
            clock);
    SignIn signIn =
        new SignIn(index, accounts, passwords, appPasswords, sessions, clock, Thread::sleep);
    return List.of(
        new DescribeServer(
            new ServerDescription(
                config.service().did(),
                config.identity().handleDomains(),
                config.invites().required(),
                config.blobs().uploadLimit(),
                config.service().privacyPolicyUrl(),
                config.service().termsOfServiceUrl(),
                config.service().contactEmail())),
        new CreateAccount(signUp, moveIn, answers),
        new CreateSession(signIn, answers),
        new RefreshSession(accounts, sessions, answers),
        new GetSession(accounts, answers),
        new DeleteSession(sessions));
  }

  private List<XrpcHandler> repoMethods() {
    NewRecords records =
        new NewRecords(new RecordPreparer(lexicons, SlurFilter.bundled()::matches), tids);
    return List.of(
        new CreateRecord(repos, records, writer),
        new PutRecord(repos, records, writer),
        new DeleteRecord(repos, writer),
        new ApplyWrites(repos, records, writer),
        new GetRecord(repos, reader),
        new ListRecords(repos, reader),
        new DescribeRepo(repos, reader, this::document),
        new UploadBlob(blobs, config.blobs().uploadLimit()),
        new ListMissingBlobs(blobs));
  }

  private List<XrpcHandler> syncMethods() {
    return List.of(
        new GetRepo(repos, reader, export),
        new GetBlob(repos, reader, blobs),
        new GetBlocks(repos, reader),
        new dev.virga.functions.sync.GetRecord(repos, reader),
        new GetLatestCommit(repos, reader),
        new GetRepoStatus(repos, reader),
        new ListRepos(repos, reader),
        new ListBlobs(repos, reader, blobs),
        new GetHead(repos, reader),
        new GetCheckout(repos, reader, export));
  }

  private Optional<Value.Obj> document(Did did) {
    try {
      return dids.resolve(did).map(DidDocument::toValue);
    } catch (FetchException e) {
      return Optional.empty();
    }
  }

  /** The numbered events, for whoever serves the event stream. */
  public EventLog log() {
    return log;
  }

  /**
   * What the change feed of the Index is to be delivered to.
   *
   * @param advanced told the last number of an event whenever it grew
   */
  public Changes.Listener listener(LongConsumer advanced) {
    Sequencer sequencer = new Sequencer(index, log, clock, advanced);
    Cleanup cleanup = new Cleanup(index, blobs, clock);
    return batch -> {
      sequencer.accept(batch);
      cleanup.accept(batch);
    };
  }
}

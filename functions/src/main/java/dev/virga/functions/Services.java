package dev.virga.functions;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.functions.repo.NewRecords;
import dev.virga.functions.server.ServerDescription;
import dev.virga.functions.server.SessionAnswers;
import dev.virga.functions.xrpc.Authenticator;
import dev.virga.functions.xrpc.CountingLimiter;
import dev.virga.functions.xrpc.HeaderAuthenticator;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.AccountDeletion;
import dev.virga.pds.account.AccountHandles;
import dev.virga.pds.account.AccountRepos;
import dev.virga.pds.account.AccountSearch;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.Admission;
import dev.virga.pds.account.DidChecks;
import dev.virga.pds.account.EarnedInvites;
import dev.virga.pds.account.EmailChanges;
import dev.virga.pds.account.HandleChanges;
import dev.virga.pds.account.HandlePolicy;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.account.MailProofs;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.MoveIn;
import dev.virga.pds.account.NewAccounts;
import dev.virga.pds.account.ReservedKeys;
import dev.virga.pds.account.SignIn;
import dev.virga.pds.account.SignUp;
import dev.virga.pds.account.SignUpIntents;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.account.SlurFilter;
import dev.virga.pds.account.TokenMails;
import dev.virga.pds.actor.Preferences;
import dev.virga.pds.auth.AppPasswords;
import dev.virga.pds.auth.Passwords;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionTokens;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.backup.AccountDumps;
import dev.virga.pds.backup.AccountSnapshots;
import dev.virga.pds.backup.SnapshotFeed;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.blob.Quarantine;
import dev.virga.pds.blob.StrayBlobs;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.HandleResolver;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.jetstream.Posting;
import dev.virga.pds.jetstream.Wake;
import dev.virga.pds.jetstream.WebSocketApi;
import dev.virga.pds.limit.Counters;
import dev.virga.pds.mail.Letters;
import dev.virga.pds.mail.PostOffice;
import dev.virga.pds.moderation.Decisions;
import dev.virga.pds.moderation.Reports;
import dev.virga.pds.repo.BlockCache;
import dev.virga.pds.repo.Cleanup;
import dev.virga.pds.repo.CommitStore;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.ImportStore;
import dev.virga.pds.repo.RecordPreparer;
import dev.virga.pds.repo.RecordTakedowns;
import dev.virga.pds.repo.Redo;
import dev.virga.pds.repo.RepoExport;
import dev.virga.pds.repo.RepoImport;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.repo.Tidying;
import dev.virga.pds.store.Changes;
import dev.virga.pds.sync.CrawlRequests;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.FirehoseHost;
import dev.virga.pds.sync.Poke;
import dev.virga.pds.sync.Sequencer;
import dev.virga.pds.upkeep.Housekeeping;
import dev.virga.pds.upkeep.Stragglers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * All services of one PDS, composed: the root from which handlers are made, the same under Lambda
 * and in the host.
 */
public final class Services {
  private static final int MIN_PASSWORD = 8;

  /** Password hashes at a time, at 20 MiB each. */
  private static final int HASHES_AT_ONCE = 2;

  /** Bytes of tree nodes kept at hand. */
  private static final long NODE_CACHE = 32L * 1024 * 1024;

  private static final int CLOCK_IDS = 1024;

  /** How long an upload waits for a record; the specification asks for an hour at least. */
  private static final Duration UNUSED_UPLOAD = Duration.ofHours(6);

  final PdsConfig config;
  final Surroundings on;
  final Lexicons lexicons = Lexicons.bundled();

  // repositories
  final TidClock tids;
  final Heads heads;
  final Blobs blobs;
  final StrayBlobs strayBlobs;
  final RepoReader reader;
  final RepoWriter writer;
  final RepoExport export;
  final Housekeeping housekeeping;
  final AccountSnapshots snapshots;
  final RepoImport repoImport;
  final NewRecords newRecords;

  // accounts and identities
  final Accounts accounts;
  final AccountHandles handles;
  final HostedRepos repos;
  final DidResolver dids;
  final HandleResolver handleResolver;
  final PlcIdentities identities;
  final HandlePolicy handlePolicy;
  final SigningKeys keys;
  final ReservedKeys reservedKeys;
  final DidChecks didChecks;
  final AccountChanges accountChanges;
  final HandleChanges handleChanges;
  final Sessions sessions;
  final AppPasswords appPasswords;
  final InviteCodes invites;
  final EarnedInvites earnedInvites;
  final Admission admission;
  final EmailChanges emailChanges;
  final AccountDeletion accountDeletion;
  final MailTokens mailTokens;
  final MailProofs mailProofs;
  final ServiceTokens serviceTokens;
  final Passwords passwords;
  final SignIn signIn;
  final SignUp signUp;
  final SignUpIntents signUpIntents;
  final MoveIn moveIn;
  final Preferences preferences;

  // moderation
  final Decisions decisions;
  final Reports reports;
  final AccountSearch accountSearch;

  final Authenticator authenticator;
  final RateLimiter limiter;

  // mail
  final PostOffice mail;
  final Letters letters;
  final TokenMails tokenMails;
  final SessionAnswers sessionAnswers;
  final ServerDescription description;

  /** Composes the services; nothing is read or written yet. */
  public Services(PdsConfig config, Surroundings on) {
    this.config = config;
    this.on = on;
    InstantSource clock = on.clock();
    SecureRandom random = on.random();
    PdsConfig.Secrets secrets = config.secrets();

    keys =
        new SigningKeys(on.index(), new KeySealing(secrets.keySealing().bytes(), random), random);

    Redo redo = new Redo(on.index(), on.objects());
    heads = new Heads(on.index(), redo);
    BlockCache cache = new BlockCache(NODE_CACHE);
    tids = new TidClock(clock, random.nextInt(CLOCK_IDS));
    blobs = new Blobs(on.index(), on.objects(), tids, did -> heads.fence(did, tids));
    strayBlobs = new StrayBlobs(on.index(), on.objects(), clock);
    reader = new RepoReader(on.index(), on.objects(), heads, cache);
    writer =
        new RepoWriter(
            on.index(),
            on.objects(),
            heads,
            cache,
            new CommitStore(on.index(), on.objects(), redo, random),
            keys,
            tids,
            clock);
    export = new RepoExport(on.index(), on.objects(), reader, on.background());
    SlurFilter slurs = SlurFilter.bundled();
    newRecords = new NewRecords(new RecordPreparer(lexicons, slurs::matches), tids);

    accounts = new Accounts(on.index(), clock);
    handles = new AccountHandles(accounts, config.identity().handleDomains());
    repos = new AccountRepos(on.index(), accounts);
    dids = didResolver();
    handleResolver =
        new HandleResolver(handles, on.dns(), on.fetcher(), config.identity().resolverTimeout());

    Did self = config.service().did();
    SessionTokens sessionTokens = new SessionTokens(clock, secrets.jwt().bytes(), self);
    sessions = new Sessions(on.index(), sessionTokens, clock, random);
    appPasswords = new AppPasswords(on.index(), sessions, clock, random);
    passwords = new Passwords(random, MIN_PASSWORD, HASHES_AT_ONCE);
    signIn = new SignIn(on.index(), accounts, passwords, appPasswords, sessions, clock, on.pause());

    invites = new InviteCodes(on.index(), clock, random, config.service().hostname());
    snapshots = snapshots();
    housekeeping = new Housekeeping(on.index(), repos, tidying(), snapshots, clock);
    handlePolicy = new HandlePolicy(config.identity().handleDomains(), handleResolver);
    earnedInvites = earnedInvites();
    admission =
        new Admission(accounts, handlePolicy, passwords, invites, config.invites().required());
    NewAccounts newAccounts =
        new NewAccounts(
            on.index(), on.objects(), accounts, keys, invites, sessions, writer::genesis);
    identities =
        new PlcIdentities(
            on.plc(),
            secrets.rotationKey(),
            config.identity().recoveryKey().orElse(null),
            config.service().publicUrl());
    signUpIntents = new SignUpIntents(on.index(), on.objects(), identities, clock);
    signUp = new SignUp(admission, keys, identities, signUpIntents, newAccounts, clock);
    reservedKeys = new ReservedKeys(on.index(), keys, clock);
    moveIn = new MoveIn(admission, accounts, keys, reservedKeys, dids, newAccounts, clock);
    accountChanges = new AccountChanges(on.index(), accounts, heads, sessions, tids);
    handleChanges =
        new HandleChanges(on.index(), accounts, accountChanges, identities, dids, clock);
    emailChanges = new EmailChanges(on.index(), accountChanges);
    mailTokens = new MailTokens(on.index(), clock, random);
    mailProofs =
        new MailProofs(accounts, accountChanges, emailChanges, mailTokens, passwords, clock);
    didChecks = new DidChecks(dids, identities, keys);
    accountDeletion =
        new AccountDeletion(
            on.index(),
            on.objects(),
            accounts,
            heads,
            keys,
            invites,
            mailTokens,
            eventLog(),
            dids,
            tids);
    preferences = new Preferences(on.index(), clock);

    serviceTokens = new ServiceTokens(clock, random, self, dids::key);
    repoImport =
        new RepoImport(
            heads,
            new ImportStore(on.index(), on.objects(), reader, blobs, redo, clock),
            (did, fresh) -> dids.key(did, "atproto", fresh),
            keys::of,
            tids,
            clock,
            on.scratch(),
            RepoImport.Limits.USUAL);

    decisions = decisions();
    reports =
        new Reports(
            config
                .upstreams()
                .reports()
                .map(service -> new Reports.Service(service.url(), service.did()))
                .orElse(null),
            dids,
            on.fetcher(),
            serviceTokens,
            keys,
            clock);
    accountSearch = new AccountSearch(on.index(), accounts);

    authenticator =
        new HeaderAuthenticator(
            sessionTokens,
            serviceTokens,
            secrets.adminPassword(),
            config.upstreams().moderation().map(PdsConfig.Upstream::did).orElse(null));
    limiter = limiter();
    mail = new PostOffice(config, clock, random);
    letters = new Letters(config);
    tokenMails = new TokenMails(mailTokens, letters, mail);
    sessionAnswers = new SessionAnswers(dids, config.identity().didDocWithSession());
    description = description();
  }

  private AccountSnapshots snapshots() {
    return new AccountSnapshots(
        on.index(),
        on.objects(),
        new AccountDumps(on.index(), invites, on.clock()),
        new KeySealing(config.secrets().keySealing().bytes(), on.random()),
        tids);
  }

  private Tidying tidying() {
    return new Tidying(
        on.index(),
        on.objects(),
        heads,
        reader,
        export,
        tids,
        on.clock(),
        on.scratch(),
        config.firehose().window());
  }

  private Decisions decisions() {
    return new Decisions(
        accounts,
        accountChanges,
        new RecordTakedowns(on.index(), heads, tids),
        blobs,
        new Quarantine(on.index(), on.objects(), blobs, tids),
        on.clock());
  }

  private RateLimiter limiter() {
    return config.rateLimits().enabled()
        ? new CountingLimiter(
            new Counters(on.index(), on.clock(), on.background()), on.clock(), config.rateLimits())
        : RateLimiter.NONE;
  }

  private EarnedInvites earnedInvites() {
    PdsConfig.Invites config = this.config.invites();
    return new EarnedInvites(
        on.index(),
        invites,
        on.clock(),
        config.required() ? config.interval().orElse(null) : null,
        Instant.ofEpochMilli(config.epochMillis()));
  }

  private DidResolver didResolver() {
    PdsConfig.Identity identity = config.identity();
    return new DidResolver(
        on.index(),
        on.plc(),
        on.fetcher(),
        on.clock(),
        on.background(),
        new DidResolver.Lifetimes(identity.cacheStaleAfter(), identity.cacheDropAfter()),
        identity.resolverTimeout());
  }

  private ServerDescription description() {
    PdsConfig.Service service = config.service();
    return new ServerDescription(
        service.did(),
        config.identity().handleDomains(),
        config.invites().required(),
        config.blobs().uploadLimit(),
        service.privacyPolicyUrl(),
        service.termsOfServiceUrl(),
        service.contactEmail());
  }

  Optional<Value.Obj> didDocument(Did did) {
    try {
      return dids.resolve(did).map(DidDocument::toValue);
    } catch (FetchException e) {
      throw new XrpcException(502, "UpstreamFailure", "Could not resolve DID: " + did);
    }
  }

  /** The events of the last days. */
  public EventLog eventLog() {
    return new EventLog(on.index(), on.clock(), config.firehose().window());
  }

  /**
   * What every change of the Index with a sort key of {@code outbox#} must be fed to.
   *
   * @param log of {@link #eventLog}
   * @param advanced told the last number of an event whenever it grew
   */
  public Changes.Listener changes(EventLog log, LongConsumer advanced) {
    return changes(sequencer(log, advanced));
  }

  /** The same, with a sequencer that also joins transactions where the Index can do that. */
  public Changes.Listener changes(Sequencer sequencer) {
    SnapshotFeed snapshotFeed = new SnapshotFeed(snapshots);
    Cleanup cleanup = new Cleanup(on.index(), blobs, on.clock());
    return batch -> {
      sequencer.accept(batch);
      cleanup.accept(batch);
      snapshotFeed.accept(batch);
    };
  }

  /** What numbers events, as {@link #changes(EventLog, LongConsumer)} has it. */
  public Sequencer sequencer(EventLog log, LongConsumer advanced) {
    return new Sequencer(on.index(), log, on.clock(), advanced);
  }

  /**
   * What finds events that no feed brings any more.
   *
   * @param listener of {@link #changes}
   */
  public Stragglers stragglers(Changes.Listener listener) {
    return new Stragglers(on.index(), repos, listener);
  }

  /** What tells relays of news. */
  public CrawlRequests crawlRequests() {
    return new CrawlRequests(
        on.index(),
        config.firehose().crawlers(),
        config.service().hostname(),
        on.fetcher(),
        on.clock(),
        on.background());
  }

  /**
   * The event stream over connections that a gateway holds.
   *
   * @param posting sends to them
   * @param wake has {@link WebSocketApi#goOn} called elsewhere
   */
  public WebSocketApi webSocketApi(Posting posting, Wake wake) {
    return new WebSocketApi(
        on.index(),
        on.objects(),
        eventLog(),
        posting,
        wake,
        on.clock(),
        on.random(),
        on.pause()::of);
  }

  /** What signs and checks the pokes between processes of this server. */
  public Poke poke() {
    return new Poke(config.secrets().dpop().bytes(), on.clock());
  }

  /** Another process that serves the event stream and is to be told of news, if there is one. */
  public Optional<FirehoseHost> firehoseHost() {
    return config
        .firehose()
        .host()
        .map(url -> new FirehoseHost(url, poke(), on.fetcher().forOperator(), on.background()));
  }

  /** Removes blobs that were uploaded long ago and never used. */
  public void sweepUploads() {
    blobs.sweep(on.clock().instant().minus(UNUSED_UPLOAD));
  }

  /**
   * Goes on with a round over the objects of blobs for what crashes left there.
   *
   * @return whether the round goes on
   */
  public boolean sweepStrays() {
    return strayBlobs.goOn();
  }

  /**
   * Tidies up the repositories of the next accounts: a part of a round over all of them, which
   * begins at most once a day. For maintenance to call again and again.
   *
   * @param accounts the most accounts to look at
   * @return whether the round goes on
   */
  public boolean keepHouse(int accounts) {
    return housekeeping.goOn(accounts);
  }

  /** Takes back the sign-ups and finishes the deletions that a crash left half done. */
  public void recover() {
    try {
      signUpIntents.recover();
    } finally {
      accountDeletion.recover();
    }
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.auth.AppPasswords;
import dev.virga.pds.auth.Passwords;
import dev.virga.pds.auth.SessionTokens;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FakePlcDirectory;
import dev.virga.pds.identity.HandleResolver;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.repo.BlockCache;
import dev.virga.pds.repo.CommitStore;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.Redo;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Everything about accounts on ports in memory, with nobody else in the network. */
public final class AccountFixture {
  public static final Did SERVICE = Did.parse("did:web:pds.test");
  public static final List<String> DOMAINS = List.of(".pds.test");
  public static final String PASSWORD = "correct horse";

  public final FakeClock clock = new FakeClock();
  public final SeededRandom random = new SeededRandom(99);
  public final MemoryIndex memory = new MemoryIndex();
  public final MemoryObjects objects = new MemoryObjects();
  public final FakePlcDirectory directory = new FakePlcDirectory();
  public final Map<String, List<String>> dns = new HashMap<>();
  public final List<Duration> pauses = new ArrayList<>();
  public final PrivateKey rotationKey = PrivateKey.generate(Curve.K256, random);
  public final SessionTokens tokens =
      new SessionTokens(clock, "jwt".getBytes(StandardCharsets.UTF_8), SERVICE);

  public final Index index;
  public final Accounts accounts;
  public final Passwords passwords = new Passwords(random, 8, 4);
  public final SigningKeys keys;
  public final ReservedKeys reservedKeys;
  public final Sessions sessions;
  public final AppPasswords appPasswords;
  public final InviteCodes invites;
  public final EarnedInvites earnedInvites;
  public final MailTokens mailTokens;
  public final EmailChanges emailChanges;
  public final MailProofs mailProofs;
  public final PlcIdentities identities;
  public final DidResolver dids;
  public final HandlePolicy handlePolicy;
  public final SignUpIntents intents;
  public final Admission admission;
  public final SignUp signUp;
  public final MoveIn moveIn;
  public final SignIn signIn;
  public final Heads heads;
  public final RepoWriter writer;
  public final HandleResolver handles;
  public final AccountChanges changes;
  public final HandleChanges handleChanges;
  public final DidChecks didChecks;

  public AccountFixture() {
    this(index -> index, false);
  }

  /** With something between the accounts and the store, and invites if they are to be required. */
  public AccountFixture(UnaryOperator<Index> wrap, boolean inviteRequired) {
    index = wrap.apply(memory);
    accounts = new Accounts(index, clock);
    keys = new SigningKeys(index, new KeySealing(new byte[32], random), random);
    reservedKeys = new ReservedKeys(index, keys, clock);
    sessions = new Sessions(index, tokens, clock, random);
    appPasswords = new AppPasswords(index, sessions, clock, random);
    invites = new InviteCodes(index, clock, random, "pds.test");
    identities = new PlcIdentities(directory, rotationKey, null, URI.create("https://pds.test"));
    VettedFetcher nowhere =
        new VettedFetcher(
            host -> {
              throw new UnknownHostException(host);
            },
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            VettedFetcher.Policy.PUBLIC_ONLY,
            "test");
    dids =
        new DidResolver(
            index,
            directory,
            nowhere,
            clock,
            Runnable::run,
            DidResolver.Lifetimes.USUAL,
            Duration.ofSeconds(3));
    handles =
        new HandleResolver(
            new AccountHandles(accounts, DOMAINS),
            name -> dns.getOrDefault(name, List.of()),
            nowhere,
            Duration.ofSeconds(3));
    handlePolicy = new HandlePolicy(DOMAINS, handles);
    intents = new SignUpIntents(index, objects, identities, clock);
    admission = new Admission(accounts, handlePolicy, passwords, invites, inviteRequired);
    Redo redo = new Redo(index, objects);
    heads = new Heads(index, redo);
    writer =
        new RepoWriter(
            index,
            objects,
            heads,
            new BlockCache(1 << 20),
            new CommitStore(index, objects, redo, new Random(1)),
            keys,
            new TidClock(clock, 1),
            clock);
    changes = new AccountChanges(index, accounts, heads, sessions, new TidClock(clock, 2));
    handleChanges = new HandleChanges(index, accounts, changes, identities, dids, clock);
    earnedInvites =
        new EarnedInvites(
            index, invites, clock, Duration.ofDays(7), clock.instant().minus(Duration.ofDays(70)));
    mailTokens = new MailTokens(index, clock, random);
    emailChanges = new EmailChanges(index, changes);
    mailProofs = new MailProofs(accounts, changes, emailChanges, mailTokens, passwords, clock);
    didChecks = new DidChecks(dids, identities, keys);
    NewAccounts newAccounts =
        new NewAccounts(index, objects, accounts, keys, invites, sessions, writer::genesis);
    signUp = new SignUp(admission, keys, identities, intents, newAccounts, clock);
    moveIn = new MoveIn(admission, accounts, keys, reservedKeys, dids, newAccounts, clock);
    signIn = new SignIn(index, accounts, passwords, appPasswords, sessions, clock, pauses::add);
  }

  public static Admission.Application application(String name) {
    return application(name, null);
  }

  public static Admission.Application application(String name, @Nullable String inviteCode) {
    return new Admission.Application(
        name + ".pds.test", name + "@example.org", PASSWORD, inviteCode);
  }

  /** Signs somebody up. */
  public Account account(String name) {
    return signUp.signUp(application(name), null).account();
  }

  /** Everything but the notes of what ended, where maintenance looks once more. */
  List<Entry> entries() {
    return memory.entries().stream()
        .filter(entry -> !entry.key().partition().equals(Remains.ENDED))
        .toList();
  }

  /** Types of events in the outbox of an account, in order. */
  public List<String> events(Did did) {
    return memory.entries().stream()
        .filter(entry -> entry.key().partition().equals(did.text()))
        .filter(entry -> entry.key().sort().startsWith("outbox#"))
        .flatMap(
            entry ->
                entry.item().attributes().entrySet().stream()
                    .filter(attribute -> attribute.getKey().startsWith("event"))
                    .map(attribute -> entry.item().requireBytes(attribute.getKey())))
        .map(EventBody::decode)
        .map(
            event ->
                event instanceof AccountEvent account
                    ? "#account " + Optional.ofNullable(account.status()).orElse("active")
                    : event.type())
        .toList();
  }

  /** The account of that name, read now. */
  public Account read(String name) {
    return accounts.find(Handle.parse(name + ".pds.test")).orElseThrow();
  }

  /** Names of all objects. */
  public List<String> objectNames() {
    return objects.list("", null).objects().stream().map(listed -> listed.name()).toList();
  }
}

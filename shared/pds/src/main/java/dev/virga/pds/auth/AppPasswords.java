package dev.virga.pds.auth;

import dev.virga.atproto.crypto.Sha256;
import dev.virga.atproto.data.Base32;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The app passwords of accounts.
 *
 * <p>They are 80 random bits of our own making, so one SHA-256 salted with the account's DID keeps
 * them as safe as a slow hash keeps a password that a person chose, and finding the one among many
 * costs next to nothing.
 */
public final class AppPasswords {
  /** How many an account may have. */
  public static final int MAX_PER_ACCOUNT = 100;

  private static final int MAX_NAME = 200;
  private static final String PREFIX = "apppass#";

  private final Index index;
  private final Sessions sessions;
  private final InstantSource clock;
  private final SecureRandom random;

  public AppPasswords(Index index, Sessions sessions, InstantSource clock, SecureRandom random) {
    this.index = index;
    this.sessions = sessions;
    this.clock = clock;
    this.random = random;
  }

  /** One just made, with the secret that its owner gets to see this once. */
  public record Created(AppPassword appPassword, String secret) {}

  /**
   * Makes an app password, {@code xxxx-xxxx-xxxx-xxxx}.
   *
   * @throws XrpcException 400 InvalidRequest if the name is taken, empty or too long, or there are
   *     too many
   */
  public Created create(Did account, String name, boolean privileged) {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw XrpcException.invalidRequest(
          "An app password's name has 1 to " + MAX_NAME + " characters");
    }
    if (entries(account).size() >= MAX_PER_ACCOUNT) {
      throw XrpcException.invalidRequest("Too many app passwords");
    }
    String secret = newSecret();
    AppPassword made =
        new AppPassword(name, privileged, Instant.ofEpochMilli(clock.instant().toEpochMilli()));
    Item item =
        Item.builder()
            .bytes("hash", hash(account, secret))
            .flag("privileged", privileged)
            .number("createdAt", made.createdAt().toEpochMilli())
            .build();
    try {
      index.transact(Write.all(Write.put(key(account, name), item, Condition.ABSENT)));
    } catch (ConditionFailedException e) {
      throw XrpcException.invalidRequest("An app password of that name exists already");
    }
    return new Created(made, secret);
  }

  /** All of an account, by name. */
  public List<AppPassword> list(Did account) {
    return entries(account).stream().map(AppPasswords::from).toList();
  }

  /** The one that a secret is, if any; takes as long either way. */
  public Optional<AppPassword> find(Did account, String secret) {
    byte[] hash = hash(account, secret);
    Entry found = null;
    for (Entry entry : entries(account)) {
      if (MessageDigest.isEqual(hash, entry.item().requireBytes("hash"))) {
        found = entry;
      }
    }
    return Optional.ofNullable(found).map(AppPasswords::from);
  }

  /** Demands that an app password is still there, in the transaction that opens its session. */
  public static Write check(Did account, String name) {
    return Write.check(key(account, name), Condition.PRESENT);
  }

  /** Takes one back and ends its sessions; harmless if it is gone. */
  public void revoke(Did account, String name) {
    if (name.length() > MAX_NAME || name.isEmpty()) {
      return;
    }
    index.batchDelete(List.of(key(account, name)));
    sessions.endAll(account, name);
  }

  private List<Entry> entries(Did account) {
    Query query =
        Query.forward(account.text(), Range.prefix(PREFIX), MAX_PER_ACCOUNT + MAX_PER_ACCOUNT);
    return index.query(query).entries();
  }

  private static AppPassword from(Entry entry) {
    return new AppPassword(
        entry.key().sort().substring(PREFIX.length()),
        entry.item().flag("privileged"),
        Instant.ofEpochMilli(entry.item().requireNumber("createdAt")));
  }

  private String newSecret() {
    byte[] bytes = new byte[10];
    random.nextBytes(bytes);
    String digits = Base32.encode(bytes);
    return String.join(
        "-",
        digits.substring(0, 4),
        digits.substring(4, 8),
        digits.substring(8, 12),
        digits.substring(12, 16));
  }

  private static byte[] hash(Did account, String secret) {
    return Sha256.of((account.text() + "\0" + secret).getBytes(StandardCharsets.UTF_8));
  }

  private static Key key(Did account, String name) {
    return new Key(account.text(), PREFIX + name);
  }
}

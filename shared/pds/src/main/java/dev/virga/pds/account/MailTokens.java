package dev.virga.pds.account;

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
import dev.virga.pds.store.Write;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tokens that are mailed to an account's address, to prove that its owner asks: ten digits of
 * base32, good once, for fifteen minutes, for one purpose, and as long as the address stays.
 *
 * <p>An account has one per purpose; a new one takes the place of the old. Only hashes are stored.
 * One that resets a password is found without its account, by a claim named by its hash.
 */
public final class MailTokens {
  /** How long a token is good. */
  public static final Duration LIFE = Duration.ofMinutes(15);

  /** How long a token that is not good any more is told from one that never was. */
  private static final Duration REMEMBERED = Duration.ofDays(1);

  /** Requests for one token at the same moment before one of them is refused. */
  private static final int MAX_ROUNDS = 10;

  /** No token is longer, as its owner may spell it. */
  private static final int MAX_LENGTH = 100;

  private static final String PREFIX = "mailtoken#";
  private static final String HASH = "hash";

  /** What a token is good for. */
  public enum Purpose {
    CONFIRM_EMAIL,
    UPDATE_EMAIL,
    RESET_PASSWORD,
    DELETE_ACCOUNT,
    PLC_OPERATION;

    /** As it is stored. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Index index;
  private final InstantSource clock;
  private final SecureRandom random;

  public MailTokens(Index index, InstantSource clock, SecureRandom random) {
    this.index = index;
    this.clock = clock;
    this.random = random;
  }

  /** Makes a token, {@code XXXXX-XXXXX}, to be mailed to the account's present address. */
  public String create(Account account, Purpose purpose) {
    String token = newToken();
    byte[] hash = hash(purpose, token);
    Instant now = clock.instant();
    Item item =
        Item.builder()
            .bytes(HASH, hash)
            .text("email", account.email().text())
            .number("expires", now.plus(LIFE).toEpochMilli())
            .build();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      try {
        index.transact(replacement(account.did(), purpose, item, now.plus(REMEMBERED)));
        return token;
      } catch (ConditionFailedException e) {
        // Another token was made, or used, at the same moment.
      }
    }
    throw new XrpcException(503, "NotEnoughResources", "Too many requests at the same moment");
  }

  private List<Write> replacement(Did did, Purpose purpose, Item item, Instant forgotten) {
    Key key = key(did, purpose);
    Optional<Item> before = index.get(key);
    List<Write> writes = new ArrayList<>();
    // An account that is gone leaves nothing behind, so it must not get anything new either.
    writes.add(Write.check(AccountKeys.account(did), Condition.PRESENT));
    writes.add(
        new Write.Put(key, item, forgotten, before.map(MailTokens::is).orElse(Condition.ABSENT)));
    if (purpose == Purpose.RESET_PASSWORD) {
      before.ifPresent(old -> writes.add(Write.delete(claim(old.requireBytes(HASH)))));
      Key claim = claim(item.requireBytes(HASH));
      writes.add(new Write.Put(claim, Accounts.claim(did), forgotten, Condition.ALWAYS));
    }
    return writes;
  }

  /**
   * Demands that a token is good.
   *
   * @param account as it is now
   * @throws XrpcException 400 InvalidToken or ExpiredToken
   */
  public void require(Account account, Purpose purpose, String token) {
    var _ = use(account, purpose, token);
  }

  /**
   * Uses a token up on its own.
   *
   * @throws XrpcException 400 InvalidToken or ExpiredToken
   */
  public void spend(Account account, Purpose purpose, String token) {
    try {
      index.transact(use(account, purpose, token));
    } catch (ConditionFailedException e) {
      throw invalid();
    }
  }

  /**
   * The writes that use a token up, for the transaction of what it is good for.
   *
   * @throws XrpcException 400 InvalidToken or ExpiredToken
   */
  List<Write> use(Account account, Purpose purpose, String token) {
    byte[] hash = hash(purpose, token);
    Key key = key(account.did(), purpose);
    Item item =
        index
            .get(key)
            .filter(found -> Sha256.same(found.requireBytes(HASH), hash))
            .filter(found -> found.requireText("email").equals(account.email().text()))
            .orElseThrow(MailTokens::invalid);
    if (!clock.instant().isBefore(Instant.ofEpochMilli(item.requireNumber("expires")))) {
      throw XrpcException.badRequest("ExpiredToken", "Token is expired");
    }
    List<Write> writes = new ArrayList<>();
    writes.add(Write.delete(key, is(item)));
    if (purpose == Purpose.RESET_PASSWORD) {
      writes.add(Write.delete(claim(hash)));
    }
    return writes;
  }

  /**
   * Whose token to reset a password this is; whether it is good is not yet said.
   *
   * @throws XrpcException 400 InvalidToken if it is nobody's
   */
  Did resetting(String token) {
    return index
        .get(claim(hash(Purpose.RESET_PASSWORD, token)))
        .map(item -> Did.parse(item.requireText("did")))
        .orElseThrow(MailTokens::invalid);
  }

  /** The item elsewhere that belongs to an entry of an account's partition, if it is a token's. */
  static Optional<Key> claimOf(Entry entry) {
    return entry.key().sort().equals(PREFIX + Purpose.RESET_PASSWORD.text())
        ? entry.item().bytes(HASH).map(MailTokens::claim)
        : Optional.empty();
  }

  static XrpcException invalid() {
    return XrpcException.badRequest("InvalidToken", "Token is invalid");
  }

  private static Condition is(Item item) {
    return new Condition.Equal(HASH, new Item.Attribute.Bytes(item.requireBytes(HASH)));
  }

  private String newToken() {
    byte[] bytes = new byte[7];
    random.nextBytes(bytes);
    String digits = Base32.encode(bytes).toUpperCase(Locale.ROOT);
    return digits.substring(0, 5) + "-" + digits.substring(5, 10);
  }

  /**
   * Removes what leads from tokens to an account that was deleted; the rest is with the account.
   */
  void forget(Did account) {
    index
        .get(key(account, Purpose.RESET_PASSWORD))
        .ifPresent(token -> index.batchDelete(List.of(claim(token.requireBytes(HASH)))));
  }

  /** Of a token in any case, with or without space around it. */
  private static byte[] hash(Purpose purpose, String token) {
    String spelled = token.length() > MAX_LENGTH ? "" : token.strip().toUpperCase(Locale.ROOT);
    return Sha256.of((purpose.text() + "\0" + spelled).getBytes(StandardCharsets.UTF_8));
  }

  private static Key key(Did did, Purpose purpose) {
    return new Key(did.text(), PREFIX + purpose.text());
  }

  private static Key claim(byte[] hash) {
    return new Key(PREFIX + HexFormat.of().formatHex(hash), "claim");
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.data.Base32;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Invite codes: made, handed out, used and disabled.
 *
 * <p>A code is an item of its own with the number of uses left; each use is an item beside it. The
 * partition of who it is for points to it, and so does one for all. Disabling sets what is left to
 * nothing.
 */
public final class InviteCodes {
  /** Who the codes of the operator are for, as the reference names it. */
  public static final String ADMIN = "admin";

  private static final int MAX_LENGTH = 300;
  private static final int PAGE = 200;
  private static final int MAX_ROUNDS = 10;

  private final Index index;
  private final InstantSource clock;
  private final SecureRandom random;
  private final String prefix;

  /**
   * The codes of a server.
   *
   * @param hostname becomes the beginning of every code, with dashes for dots
   */
  public InviteCodes(Index index, InstantSource clock, SecureRandom random, String hostname) {
    this.index = index;
    this.clock = clock;
    this.random = random;
    this.prefix = hostname.replace('.', '-');
  }

  /** A use of a code. */
  public record Use(Did usedBy, Instant usedAt) {}

  /**
   * A code.
   *
   * @param available how often it may be used in all
   * @param forAccount a DID or {@link #ADMIN}
   */
  public record Code(
      String code,
      int available,
      boolean disabled,
      String forAccount,
      String createdBy,
      Instant createdAt,
      List<Use> uses) {
    public Code {
      uses = List.copyOf(uses);
    }

    public int left() {
      return disabled ? 0 : available - uses.size();
    }
  }

  /**
   * Makes codes.
   *
   * @param createdBy {@link #ADMIN} or the DID of an account that earned them
   */
  public List<String> create(String forAccount, String createdBy, int count, int uses) {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String code = newCode();
      try {
        index.transact(creation(code, forAccount, createdBy, uses, clock.instant()));
      } catch (ConditionFailedException e) {
        throw new IllegalStateException("a fresh invite code was taken: " + code, e);
      }
      codes.add(code);
    }
    return codes;
  }

  private static List<Write> creation(
      String code, String forAccount, String createdBy, int uses, Instant now) {
    Item item =
        Item.builder()
            .number("available", uses)
            .number("left", uses)
            .text("forAccount", forAccount)
            .text("createdBy", createdBy)
            .number("createdAt", now.toEpochMilli())
            .build();
    Item pointer = Item.builder().text("code", code).build();
    return Write.all(
        Write.put(key(code), item, Condition.ABSENT),
        Write.put(new Key("invites", "%013d::%s".formatted(now.toEpochMilli(), code)), pointer),
        Write.put(new Key(holder(forAccount), "invite#" + code), pointer));
  }

  /** The code with all its uses. */
  public Optional<Code> find(String code) {
    if (code.isEmpty() || code.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    List<Entry> entries = all("invite#" + code, Range.prefix(""));
    return entries.stream()
        .filter(entry -> entry.key().sort().equals("code"))
        .findFirst()
        .map(entry -> from(code, entry.item(), entries));
  }

  /** The codes of an account, or of {@link #ADMIN}, in no order. */
  public List<Code> of(String forAccount) {
    return all(holder(forAccount), Range.prefix("invite#")).stream()
        .flatMap(entry -> find(entry.item().requireText("code")).stream())
        .toList();
  }

  /** All codes in the order they were made, newest first, after a cursor. */
  public Page newest(int limit, Optional<String> before) {
    Range range = Range.prefix("").before(before.orElse(null));
    return index.query(Query.backward("invites", range, limit));
  }

  /**
   * The writes with which a new account uses a code.
   *
   * @throws XrpcException 400 InvalidInviteCode if it cannot be used
   */
  List<Write> use(String code, Did by) {
    Optional<Item> item =
        code.isEmpty() || code.length() > MAX_LENGTH ? Optional.empty() : index.get(key(code));
    long left = item.flatMap(found -> found.number("left")).orElse(0L);
    if (left <= 0) {
      throw XrpcException.badRequest("InvalidInviteCode", "Provided invite code not available");
    }
    Item use = Item.builder().number("usedAt", clock.instant().toEpochMilli()).build();
    return Write.all(
        Write.update(
            key(code),
            Item.builder().number("left", left - 1).build(),
            Condition.equal("left", left)),
        Write.put(new Key("invite#" + code, "use#" + by), use));
  }

  static Key key(String code) {
    return new Key("invite#" + code, "code");
  }

  /** Makes a code unusable; unknown codes are let pass. */
  public void disable(String code) {
    if (code.isEmpty() || code.length() > MAX_LENGTH) {
      return;
    }
    change(code, item -> item.number("left", 0).flag("disabled", true));
  }

  private void change(String code, UnaryOperator<Item.Builder> change) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Item> item = index.get(key(code));
      if (item.isEmpty()) {
        return;
      }
      Item changed = change.apply(item.get().toBuilder()).build();
      Condition same = Condition.equal("left", item.get().requireNumber("left"));
      try {
        index.transact(Write.all(Write.put(key(code), changed, same)));
        return;
      } catch (ConditionFailedException e) {
        // It was used meanwhile: read again.
      }
    }
    throw new XrpcException(503, "NotEnoughResources", "Invite code is used too often right now");
  }

  private List<Entry> all(String partition, Range range) {
    List<Entry> entries = new ArrayList<>();
    Page page;
    Range rest = range;
    do {
      page = index.query(Query.forward(partition, rest, PAGE));
      entries.addAll(page.entries());
      rest = entries.isEmpty() ? rest : rest.after(entries.getLast().key().sort());
    } while (page.more());
    return entries;
  }

  private static Code from(String code, Item item, List<Entry> entries) {
    List<Use> uses =
        entries.stream()
            .filter(entry -> entry.key().sort().startsWith("use#"))
            .map(
                entry ->
                    new Use(
                        Did.parse(entry.key().sort().substring("use#".length())),
                        Instant.ofEpochMilli(entry.item().requireNumber("usedAt"))))
            .toList();
    return new Code(
        code,
        (int) item.requireNumber("available"),
        item.flag("disabled"),
        item.requireText("forAccount"),
        item.requireText("createdBy"),
        Instant.ofEpochMilli(item.requireNumber("createdAt")),
        uses);
  }

  private static String holder(String forAccount) {
    return forAccount.startsWith("did:") ? forAccount : "invites#" + forAccount;
  }

  private String newCode() {
    byte[] bytes = new byte[7];
    random.nextBytes(bytes);
    String digits = Base32.encode(bytes);
    return prefix + "-" + digits.substring(0, 5) + "-" + digits.substring(5, 10);
  }
}

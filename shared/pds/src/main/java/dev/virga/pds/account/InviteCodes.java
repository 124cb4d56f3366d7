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
import java.util.regex.Pattern;

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

  private static final Pattern CURSOR = Pattern.compile("\\d{13}::.{1,300}");
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

  /** The writes that make codes for whoever earned them, good once each. */
  List<Write> earned(Did by, int count) {
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      writes.addAll(creation(newCode(), by.text(), by.text(), 1, clock.instant()));
    }
    return writes;
  }

  private static List<Write> creation(
      String code, String forAccount, String createdBy, int uses, Instant now) {
    Item item =
        Item.builder()
            .number("available", uses)
            .number("left", uses)
            .number("uses", 0)
            .text("forAccount", forAccount)
            .text("createdBy", createdBy)
            .number("createdAt", now.toEpochMilli())
            .build();
    Item pointer = Item.builder().text("code", code).build();
    return Write.all(
        Write.put(key(code), item, Condition.ABSENT),
        Write.put(Order.RECENT.key(code, now.toEpochMilli()), pointer),
        Write.put(Order.USAGE.key(code, 0), pointer),
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

  /** All items of the codes of an account, or of {@link #ADMIN}, with what leads to them. */
  public List<Entry> everything(String forAccount) {
    List<Entry> entries = new ArrayList<>();
    for (Entry pointer : all(holder(forAccount), Range.prefix("invite#"))) {
      String code = pointer.item().requireText("code");
      entries.add(pointer);
      for (Entry entry : all("invite#" + code, Range.prefix(""))) {
        entries.add(entry);
        if (entry.key().equals(key(code))) {
          Item item = entry.item();
          Item to = Item.builder().text("code", code).build();
          entries.add(new Entry(Order.RECENT.key(code, item.requireNumber("createdAt")), to));
          entries.add(new Entry(Order.USAGE.key(code, item.number("uses").orElse(0L)), to));
        }
      }
    }
    return entries;
  }

  /** In which order all codes are listed. */
  public enum Order {
    /** The newest first. */
    RECENT("invites"),
    /** The one used most first. */
    USAGE("invites-by-use");

    final String partition;

    Order(String partition) {
      this.partition = partition;
    }

    Key key(String code, long rank) {
      return new Key(partition, "%013d::%s".formatted(rank, code));
    }
  }

  /** Some codes, and where the next ones begin if there may be any. */
  public record Listing(List<Code> codes, Optional<String> cursor) {
    public Listing {
      codes = List.copyOf(codes);
    }
  }

  /**
   * All codes in an order.
   *
   * @param cursor of the listing before; empty to begin
   * @throws XrpcException InvalidRequest if the cursor is malformed
   */
  public Listing list(Order order, int limit, Optional<String> cursor) {
    if (cursor.isPresent() && !CURSOR.matcher(cursor.get()).matches()) {
      throw XrpcException.invalidRequest("Malformed cursor");
    }
    List<Code> codes = new ArrayList<>();
    Range rest = Range.prefix("").before(cursor.orElse(null));
    Page page;
    do {
      page = index.query(Query.backward(order.partition, rest, limit - codes.size()));
      for (Entry entry : page.entries()) {
        rest = rest.before(entry.key().sort());
        find(entry.item().requireText("code")).ifPresent(codes::add);
      }
    } while (page.more() && codes.size() < limit);
    return new Listing(codes, page.more() ? Optional.of(rest.to()) : Optional.empty());
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
    long uses = item.flatMap(found -> found.number("uses")).orElse(0L);
    Item use = Item.builder().number("usedAt", clock.instant().toEpochMilli()).build();
    return Write.all(
        Write.update(
            key(code),
            Item.builder().number("left", left - 1).number("uses", uses + 1).build(),
            Condition.equal("left", left)),
        Write.delete(Order.USAGE.key(code, uses)),
        Write.put(Order.USAGE.key(code, uses + 1), Item.builder().text("code", code).build()),
        Write.put(useKey(code, by), use));
  }

  /**
   * Removes what tells of an account: the codes that it had to give away, and its use of one, which
   * then counts as if it had never been available.
   *
   * @param used the code that it was made with
   */
  void forget(Did account, Optional<String> used) {
    for (Entry pointer : all(account.text(), Range.prefix("invite#"))) {
      remove(pointer.item().requireText("code"));
    }
    used.ifPresent(code -> removeUse(code, account));
  }

  private void remove(String code) {
    List<Entry> entries = all("invite#" + code, Range.prefix(""));
    List<Key> keys = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.key().equals(key(code))) {
        keys.add(Order.RECENT.key(code, entry.item().requireNumber("createdAt")));
        keys.add(Order.USAGE.key(code, entry.item().number("uses").orElse(0L)));
      }
    }
    // The listings first: where they are is known from the code only.
    index.batchDelete(keys);
    for (int from = 0; from < entries.size(); from += PAGE) {
      index.batchDelete(
          entries.subList(from, Math.min(from + PAGE, entries.size())).stream()
              .map(Entry::key)
              .toList());
    }
  }

  private void removeUse(String code, Did by) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Item> item = index.get(key(code));
      if (item.isEmpty() || index.get(useKey(code, by)).isEmpty()) {
        return;
      }
      long available = item.get().requireNumber("available");
      long uses = item.get().number("uses").orElse(0L);
      try {
        index.transact(
            Write.all(
                Write.update(
                    key(code),
                    Item.builder()
                        .number("available", available - 1)
                        .number("uses", uses - 1)
                        .build(),
                    Condition.equal("uses", uses)),
                Write.delete(Order.USAGE.key(code, uses)),
                Write.put(
                    Order.USAGE.key(code, uses - 1), Item.builder().text("code", code).build()),
                Write.delete(useKey(code, by), Condition.PRESENT)));
        return;
      } catch (ConditionFailedException e) {
        // It was used meanwhile: read again.
      }
    }
    throw busy();
  }

  private static Key useKey(String code, Did by) {
    return new Key("invite#" + code, "use#" + by);
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
    throw busy();
  }

  private static XrpcException busy() {
    return new XrpcException(503, "NotEnoughResources", "Invite code is used too often right now");
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

  static String holder(String forAccount) {
    return forAccount.startsWith("did:") ? forAccount : "invites#" + forAccount;
  }

  private String newCode() {
    byte[] bytes = new byte[7];
    random.nextBytes(bytes);
    String digits = Base32.encode(bytes);
    return prefix + "-" + digits.substring(0, 5) + "-" + digits.substring(5, 10);
  }
}

package dev.virga.pds.account;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Finds what contradicts itself among the items of {@link InviteCodes}: a code, its uses, and the
 * three items that lead to it. Reads only; what changes meanwhile is looked at again.
 */
public final class InviteAudit {
  private static final int PAGE = 200;

  private final Index index;

  public InviteAudit(Index index) {
    this.index = index;
  }

  /**
   * Looks at all codes that are listed.
   *
   * @param problems told the key that is wrong, and how
   */
  public void all(BiConsumer<Key, String> problems) {
    for (InviteCodes.Order order : InviteCodes.Order.values()) {
      each(order.partition, Range.prefix(""), pointer -> check(pointer, problems));
    }
    of(InviteCodes.ADMIN, problems);
  }

  /** Looks at the codes of an account, or of {@link InviteCodes#ADMIN}. */
  public void of(String forAccount, BiConsumer<Key, String> problems) {
    each(
        InviteCodes.holder(forAccount),
        Range.prefix("invite#"),
        pointer -> check(pointer, problems));
  }

  private void each(String partition, Range range, Consumer<Entry> entries) {
    Range rest = range;
    Page page;
    do {
      page = index.query(Query.forward(partition, rest, PAGE));
      for (Entry entry : page.entries()) {
        rest = rest.after(entry.key().sort());
        entries.accept(entry);
      }
    } while (page.more());
  }

  private void check(Entry pointer, BiConsumer<Key, String> problems) {
    Map<Key, String> first = look(pointer);
    if (!first.isEmpty()) {
      Map<Key, String> second = look(pointer);
      first.forEach(
          (key, problem) -> {
            if (problem.equals(second.get(key))) {
              problems.accept(key, problem);
            }
          });
    }
  }

  private Map<Key, String> look(Entry pointer) {
    Map<Key, String> wrong = new LinkedHashMap<>();
    if (index.get(pointer.key()).isEmpty()) {
      return wrong;
    }
    Optional<String> code = pointer.item().text("code");
    if (code.isEmpty()) {
      wrong.put(pointer.key(), "names no code");
      return wrong;
    }
    Key key = InviteCodes.key(code.get());
    Optional<Item> item = index.get(key);
    if (item.isEmpty()) {
      wrong.put(key, "is missing, though something leads to it");
    } else {
      look(code.get(), key, item.get(), pointer.key(), wrong);
    }
    return wrong;
  }

  private void look(String code, Key key, Item item, Key pointer, Map<Key, String> wrong) {
    long used = item.number("uses").orElse(0L);
    long[] uses = {0};
    each(key.partition(), Range.prefix("use#"), use -> uses[0]++);
    if (uses[0] != used) {
      wrong.put(key, "counts %d uses and has %d".formatted(used, uses[0]));
    }
    Key holder = new Key(InviteCodes.holder(item.requireText("forAccount")), "invite#" + code);
    Key recent = InviteCodes.Order.RECENT.key(code, item.requireNumber("createdAt"));
    Key usage = InviteCodes.Order.USAGE.key(code, used);
    for (Key leading : new Key[] {holder, recent, usage}) {
      if (index.get(leading).flatMap(found -> found.text("code")).filter(code::equals).isEmpty()) {
        wrong.put(leading, "does not lead to the code " + code);
      }
    }
    if (!pointer.equals(holder) && !pointer.equals(recent) && !pointer.equals(usage)) {
      wrong.put(pointer, "leads to the code %s, which is not there".formatted(code));
    }
  }
}

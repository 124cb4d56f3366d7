package dev.virga.pds.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.PackedCids;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has to tell, as an item written by that transaction itself.
 *
 * <p>Its key is in the account's partition and grows with time, so that the events of one account
 * keep their order.
 */
public final class Outbox {
  /** Before the TID in the keys of outbox items; change feeds are filtered by it. */
  public static final String PREFIX = "outbox#";

  /** The number of an item's last event, once the sequencer has dealt with it. */
  public static final String SEQ = "seq";

  /** A flag that stays until the sequencer has dealt with an item. */
  public static final String PENDING = "pending";

  private static final String EVENT = "event";

  private Outbox() {}

  /**
   * What an outbox item holds.
   *
   * @param events in order; the blocks of a commit event are not in it but in the pack
   * @param pack the object that holds those blocks; null if there is no commit event
   * @param removedNodes tree nodes that the commit replaced
   * @param releasedBlobs blobs that nothing may refer to any more
   */
  public record Content(
      List<EventBody> events,
      @Nullable String pack,
      List<Cid> removedNodes,
      List<Cid> releasedBlobs) {
    public Content {
      events = List.copyOf(events);
      removedNodes = List.copyOf(removedNodes);
      releasedBlobs = List.copyOf(releasedBlobs);
    }

    /** Events without a commit among them. */
    public static Content of(List<EventBody> events) {
      return new Content(events, null, List.of(), List.of());
    }
  }

  /**
   * The write that puts events into the outbox of an account, on condition that no others were put
   * there at that very time, e.g. by a process with the same clock identifier.
   *
   * @param at later than all before it for this account
   */
  public static Write put(Did did, Tid at, Content content) {
    Item.Builder item =
        Item.builder()
            .flag(PENDING, true)
            .text("pack", content.pack())
            .bytes("removed", PackedCids.pack(content.removedNodes()))
            .bytes("released", PackedCids.pack(content.releasedBlobs()));
    for (int i = 0; i < content.events().size(); i++) {
      item.bytes(EVENT + i, content.events().get(i).encode());
    }
    return Write.put(key(did, at), item.build(), Condition.ABSENT);
  }

  /** Whether there is an outbox item at a key. */
  public static boolean holds(Key key) {
    return key.sort().startsWith(PREFIX);
  }

  /** Whether the events of an item have no numbers yet. */
  public static boolean waits(Item item) {
    return item.flag(PENDING);
  }

  /** Where the item of {@link #put} is. */
  public static Key key(Did did, Tid at) {
    return new Key(did.text(), PREFIX + at);
  }

  /** Everything in the outbox of an account, oldest first. */
  public static Range all() {
    return Range.prefix(PREFIX);
  }

  /** When an item was put, by its key. */
  public static Tid tid(Key key) {
    return Tid.parse(key.sort().substring(PREFIX.length()));
  }

  /** The encoded events of an item. */
  public static List<byte[]> events(Item item) {
    List<byte[]> events = new ArrayList<>();
    Optional<byte[]> event = item.bytes(EVENT + 0);
    while (event.isPresent()) {
      events.add(event.get());
      event = item.bytes(EVENT + events.size());
    }
    return events;
  }

  /** Whether an item tells, beside or instead of a commit, of the account itself. */
  public static boolean isOfAccount(Item item) {
    return events(item).stream()
        .map(EventBody::decode)
        .anyMatch(event -> event instanceof AccountEvent || event instanceof IdentityEvent);
  }

  public static List<Cid> removedNodes(Item item) {
    return PackedCids.unpack(item, "removed");
  }

  public static List<Cid> releasedBlobs(Item item) {
    return PackedCids.unpack(item, "released");
  }
}

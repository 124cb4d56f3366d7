package dev.virga.pds.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Item;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that has its number.
 *
 * @param seq positive, below 2^53, growing
 * @param time when it got its number, to the millisecond
 * @param did the account that it is about
 * @param event the encoded event, a commit without its blocks
 * @param pack the object with the blocks of a commit; null for other events
 */
@SuppressWarnings("ArrayRecordComponent")
public record LogEntry(long seq, Instant time, Did did, byte[] event, @Nullable String pack) {

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException or IllegalStateException if the item is damaged
   */
  public static LogEntry from(long seq, Item item) {
    return new LogEntry(
        seq,
        Instant.ofEpochMilli(item.requireNumber("time")),
        Did.parse(item.requireText("did")),
        item.requireBytes("event"),
        item.text("pack").orElse(null));
  }

  Item toItem() {
    return Item.builder()
        .number("time", time.toEpochMilli())
        .text("did", did.text())
        .bytes("event", event)
        .text("pack", pack)
        .build();
  }
}

package dev.virga.pds.sync;

import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.pds.store.Objects;

/** Turns entries of the log into the frames that subscribers get. */
final class FrameEncoder {
  private static final byte[] GONE = {};

  private final Objects objects;

  FrameEncoder(Objects objects) {
    this.objects = objects;
  }

  /**
   * The frame of an entry.
   *
   * @return without bytes if its blocks are gone, as those of deleted accounts are
   */
  byte[] encode(LogEntry entry) {
    EventBody event = EventBody.decode(entry.event());
    if (event instanceof CommitEvent commit && entry.pack() != null) {
      return objects
          .get(entry.pack())
          .map(blocks -> commit.withBlocks(blocks).frame(entry.seq(), entry.time()))
          .orElse(GONE);
    }
    return event.frame(entry.seq(), entry.time());
  }
}

package dev.virga.pds.sync;

import dev.virga.atproto.sync.EventBody;
import dev.virga.pds.store.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns entries of the log into the frames that subscribers get. */
final class FrameEncoder {
  private static final byte[] GONE = {};

  private final Objects objects;

  FrameEncoder(Objects objects) {
    this.objects = objects;
  }

  /**
   * The frame of an entry, whose blocks are read for it alone.
   *
   * @return without bytes if its blocks are gone, as those of deleted accounts are
   */
  byte[] encode(LogEntry entry) {
    return entry.pack() == null
        ? frame(entry, null)
        : objects.get(entry.pack()).map(blocks -> frame(entry, blocks)).orElse(GONE);
  }

  /** The same for each of several entries, whose blocks are read together. */
  List<byte[]> encode(List<LogEntry> entries) {
    Map<String, byte[]> packs =
        objects.getAll(entries.stream().map(LogEntry::pack).filter(pack -> pack != null).toList());
    List<byte[]> frames = new ArrayList<>(entries.size());
    for (LogEntry entry : entries) {
      byte @Nullable [] blocks = packs.get(entry.pack());
      frames.add(entry.pack() != null && blocks == null ? GONE : frame(entry, blocks));
    }
    return frames;
  }

  private static byte[] frame(LogEntry entry, byte @Nullable [] blocks) {
    return EventBody.frame(entry.event(), blocks, entry.seq(), entry.time());
  }
}

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
    String pack = pack(entry);
    return pack == null
        ? frame(entry, null)
        : objects.get(pack).map(blocks -> frame(entry, blocks)).orElse(GONE);
  }

  /** The same for each of several entries, whose blocks are read together. */
  List<byte[]> encode(List<LogEntry> entries) {
    List<String> names = new ArrayList<>();
    for (LogEntry entry : entries) {
      String pack = pack(entry);
      if (pack != null) {
        names.add(pack);
      }
    }
    Map<String, byte[]> packs = objects.getAll(names);
    List<byte[]> frames = new ArrayList<>(entries.size());
    for (LogEntry entry : entries) {
      String pack = pack(entry);
      byte @Nullable [] blocks = pack == null ? null : packs.get(pack);
      frames.add(pack != null && blocks == null ? GONE : frame(entry, blocks));
    }
    return frames;
  }

  /**
   * Where the blocks of an entry are, if it has them elsewhere. The events of one transaction name
   * its pack all alike, but only a commit's blocks are left out of the event.
   */
  private static @Nullable String pack(LogEntry entry) {
    return entry.pack() != null && EventBody.isCommit(entry.event()) ? entry.pack() : null;
  }

  private static byte[] frame(LogEntry entry, byte @Nullable [] blocks) {
    return EventBody.frame(entry.event(), blocks, entry.seq(), entry.time());
  }
}

package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tree nodes lately read or written by this process, least recently used leaving first. */
public final class BlockCache {
  /** What an entry weighs beside its bytes: its CID and the map's own objects. */
  private static final int OVERHEAD = 150;

  private final long capacity;
  private final Map<Cid, byte[]> blocks = new LinkedHashMap<>(1024, 0.75f, true);
  private long weight;

  /** A cache of so many bytes. */
  public BlockCache(long capacity) {
    this.capacity = capacity;
  }

  synchronized byte @Nullable [] get(Cid cid) {
    return blocks.get(cid);
  }

  synchronized void put(Cid cid, byte[] bytes) {
    if (blocks.put(cid, bytes) != null) {
      return;
    }
    weight += bytes.length + OVERHEAD;
    Iterator<byte[]> oldest = blocks.values().iterator();
    while (weight > capacity && oldest.hasNext()) {
      weight -= oldest.next().length + OVERHEAD;
      oldest.remove();
    }
  }
}

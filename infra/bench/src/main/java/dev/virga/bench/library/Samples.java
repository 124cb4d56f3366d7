package dev.virga.bench.library;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.MstEntry;
import dev.virga.atproto.syntax.Tid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The records and trees that all benchmarks of this package work on. */
final class Samples {
  static final String POST = "app.bsky.feed.post";
  private static final long FIRST_MICROS = 1_700_000_000_000_000L;

  private Samples() {}

  /** A post as people write them: 120 characters and a time. */
  static Value.Obj post(int number) {
    String text = ("#" + number + " the quick brown fox jumps over a lazy dog ").repeat(4);
    return new Value.Obj(
        Map.of(
            "$type", Value.of(POST),
            "text", Value.of(text.substring(0, 120)),
            "createdAt", Value.of("2026-01-01T00:00:00.000Z")));
  }

  static Cid cid(int number) {
    return Cid.ofDagCbor(DagCbor.encode(post(number)));
  }

  /** The path of the post with a number; paths grow with it. */
  static String path(int number) {
    return POST + "/" + Tid.of(FIRST_MICROS + number * 1_000L, 7);
  }

  /** Entries of a tree, in order; their values are not the posts', but as random. */
  static List<MstEntry> entries(int count) {
    List<MstEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] seed = ByteBuffer.allocate(4).putInt(i).array();
      entries.add(new MstEntry(path(i), Cid.ofDagCbor(seed)));
    }
    return entries;
  }
}

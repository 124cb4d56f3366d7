package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Trees, keys and record CIDs for tests. */
final class Trees {
  static final Cid RECORD =
      Cid.parse("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454");
  private static final List<String> COLLECTIONS =
      List.of("app.bsky.feed.like", "app.bsky.feed.post", "app.bsky.graph.follow", "com.example.x");

  private Trees() {}

  static Mst of(Iterable<String> keys) {
    Mst tree = Mst.empty();
    for (String key : keys) {
      tree = tree.insert(key, RECORD);
    }
    return tree;
  }

  static Mst of(NavigableMap<String, Cid> model) {
    return Mst.build(entries(model));
  }

  static Iterator<MstEntry> entries(NavigableMap<String, Cid> model) {
    return model.entrySet().stream().map(e -> new MstEntry(e.getKey(), e.getValue())).iterator();
  }

  static String key(SplittableRandom random, int range) {
    return COLLECTIONS.get(random.nextInt(COLLECTIONS.size()))
        + "/3l"
        + Integer.toString(1_000_000 + random.nextInt(range), 32);
  }

  static Cid record(SplittableRandom random) {
    return record(random.nextInt());
  }

  static Cid record(int number) {
    return Cid.ofDagCbor(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  static NavigableMap<String, Cid> model(SplittableRandom random, int size) {
    NavigableMap<String, Cid> model = new TreeMap<>();
    while (model.size() < size) {
      model.put(key(random, 16 * size + 100), record(random));
    }
    return model;
  }

  /** The blocks of a whole tree. */
  static Map<Cid, byte[]> blocks(Mst tree) {
    Map<Cid, byte[]> blocks = new HashMap<>();
    collect(tree.top(), tree.source(), blocks);
    return blocks;
  }

  private static void collect(MstNode node, BlockSource source, Map<Cid, byte[]> blocks) {
    blocks.put(node.cid(), node.encode());
    for (int i = 0; i <= node.size(); i++) {
      MstNode child = node.peek(i, source);
      if (child != null) {
        collect(child, source, blocks);
      }
    }
  }

  /** The same tree, all of it to be loaded from blocks. */
  static Mst reloaded(Mst tree) {
    return Mst.load(tree.root(), BlockSource.of(blocks(tree)));
  }
}

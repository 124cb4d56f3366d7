package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a tree in pre-order, entries in key order between the nodes: the order of a
 * repository's export. Merge it with an ordered query of records to get the whole CAR.
 *
 * <p>Nodes are asked for in batches of those that come next, as far as nodes already read tell; for
 * a tree of d layers no more than about d batches are held, and less if nodes are large. Nothing is
 * remembered in the tree. Steps can throw {@link MissingBlockException}, and {@link DataException}
 * for nodes that a well-formed tree does not have there; either ends the walk.
 */
public final class MstWalk implements Iterator<MstStep> {
  private static final int BATCH = 100;

  /** Bytes read ahead beyond which nodes are read one at a time. */
  private static final int MAX_AHEAD = 4 << 20;

  /** A node whose parts are being walked over: subtree 0, key 0, subtree 1, and so on. */
  private static final class Frame {
    final MstNode node;
    int position;

    Frame(MstNode node) {
      this.node = node;
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Ahead(MstNode node, byte[] bytes, boolean wanted) {}

  private final BlockSource source;
  private final Predicate<Cid> wanted;
  private final Deque<Frame> frames = new ArrayDeque<>();
  // By identity: equal links do not occur in a tree, and a CID alone says nothing about the place.
  private final IdentityHashMap<Subtree.Link, Ahead> ahead = new IdentityHashMap<>();
  private long aheadBytes;
  private @Nullable Subtree root;
  private @Nullable MstStep upcoming;

  MstWalk(Mst tree, Predicate<Cid> wanted) {
    this.source = tree.source();
    this.wanted = wanted;
    this.root = tree.rootSubtree();
  }

  @Override
  public boolean hasNext() {
    if (upcoming == null) {
      upcoming = advance();
    }
    return upcoming != null;
  }

  @Override
  public MstStep next() {
    MstStep step = upcoming == null ? advance() : upcoming;
    upcoming = null;
    if (step == null) {
      throw new NoSuchElementException();
    }
    return step;
  }

  private @Nullable MstStep advance() {
    Subtree start = root;
    if (start != null) {
      root = null;
      MstStep first = open(start);
      if (first != null) {
        return first;
      }
    }
    while (!frames.isEmpty()) {
      Frame top = frames.getFirst();
      int position = top.position++;
      int index = position / 2;
      if (index == top.node.size() && position % 2 == 1) {
        frames.pop();
      } else if (position % 2 == 1) {
        return new MstStep.Record(top.node.key(index), top.node.value(index));
      } else {
        Subtree subtree = top.node.subtree(index);
        MstStep step = subtree == null ? null : open(subtree);
        if (step != null) {
          return step;
        }
      }
    }
    return null;
  }

  private @Nullable MstStep open(Subtree subtree) {
    return switch (subtree) {
      case MstNode node -> enter(new Ahead(node, node.encode(), wanted.test(node.cid())));
      case Subtree.Link link -> enter(take(link));
    };
  }

  private @Nullable MstStep enter(Ahead read) {
    if (!read.wanted) {
      return null;
    }
    frames.push(new Frame(read.node));
    return new MstStep.Node(read.node.cid(), read.bytes);
  }

  private Ahead take(Subtree.Link link) {
    if (link.isEmptyRoot()) {
      return new Ahead(MstNode.EMPTY, MstNode.EMPTY.encode(), true);
    }
    if (!ahead.containsKey(link)) {
      readAhead(link);
    }
    Ahead read = ahead.remove(link);
    if (read == null) {
      throw new MissingBlockException(link.cid());
    }
    aheadBytes -= read.bytes.length;
    return read;
  }

  /** Reads the link that is due, and others that will be. */
  private void readAhead(Subtree.Link due) {
    List<Subtree.Link> links = new ArrayList<>(BATCH);
    links.add(due);
    if (aheadBytes < MAX_AHEAD) {
      for (Frame frame : frames) {
        collect(frame.node, (frame.position + 1) / 2, links);
      }
    }
    Map<Cid, byte[]> blocks = source.loadAll(links.stream().map(Subtree::cid).distinct().toList());
    for (Subtree.Link link : links) {
      byte[] bytes = blocks.get(link.cid());
      if (bytes != null) {
        ahead.put(
            link,
            new Ahead(link.decode(bytes, source.isTrusted()), bytes, wanted.test(link.cid())));
        aheadBytes += bytes.length;
      }
    }
  }

  /** Adds links not read yet in the order in which they will be due, below read ones too. */
  private void collect(MstNode node, int from, List<Subtree.Link> links) {
    for (int i = from; i <= node.size() && links.size() < BATCH; i++) {
      switch (node.subtree(i)) {
        case null -> {}
        case MstNode child -> collect(child, 0, links);
        case Subtree.Link link -> {
          Ahead read = ahead.get(link);
          if (read == null) {
            links.add(link);
          } else if (read.wanted) {
            collect(read.node, 0, links);
          }
        }
      }
    }
  }
}

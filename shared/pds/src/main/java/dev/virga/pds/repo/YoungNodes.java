package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tree nodes of the latest commits that have no item of their own and are read from those commits'
 * packs: part of a {@link Head}.
 *
 * <p>Most nodes that a commit writes are replaced by the next few. An item for each, and its
 * removal, would be the dearest part of a commit; so a node <i>settles</i> as an item only when it
 * has survived here for a while. Packs never change, so that whoever holds an old head still finds
 * what it lists.
 *
 * @param broods of one commit each, oldest first
 */
public record YoungNodes(List<Brood> broods) {
  /** None at all: every node has an item. */
  public static final YoungNodes NONE = new YoungNodes(List.of());

  /** As many as leave the head's item below 1 KB, by which writing it is paid for. */
  static final int MAX_NODES = 16;

  /** A reader in a fresh process may have to fetch a pack for each. */
  static final int MAX_BROODS = 6;

  private static final int BROOD_BYTES = Long.BYTES + 1;

  /** The young nodes that one commit wrote, from the top layer of the tree down. */
  public record Brood(Tid rev, List<Cid> nodes) {
    public Brood {
      nodes = List.copyOf(nodes);
    }
  }

  public YoungNodes {
    broods = List.copyOf(broods);
  }

  /**
   * What another commit makes of these.
   *
   * @param young those that are young then
   * @param settled those that must have items from then on, with the revisions that wrote them
   */
  record Aged(YoungNodes young, Map<Cid, Tid> settled) {}

  /**
   * The young nodes after one more commit.
   *
   * @param removed nodes that the tree no longer has
   * @param rev of the commit
   * @param added its new nodes that may be young, from the top layer down
   */
  Aged age(Set<Cid> removed, Tid rev, Collection<Cid> added) {
    List<Brood> left = new ArrayList<>();
    for (Brood brood : broods) {
      add(left, brood.rev(), brood.nodes().stream().filter(cid -> !removed.contains(cid)).toList());
    }
    add(left, rev, List.copyOf(added));
    Map<Cid, Tid> settled = new LinkedHashMap<>();
    int excess = left.stream().mapToInt(brood -> brood.nodes().size()).sum() - MAX_NODES;
    while (!left.isEmpty() && (excess > 0 || left.size() > MAX_BROODS)) {
      Brood oldest = left.removeFirst();
      int stay = left.size() < MAX_BROODS ? Math.max(0, oldest.nodes().size() - excess) : 0;
      oldest
          .nodes()
          .subList(stay, oldest.nodes().size())
          .forEach(c -> settled.put(c, oldest.rev()));
      excess -= oldest.nodes().size() - stay;
      if (stay > 0) {
        left.addFirst(new Brood(oldest.rev(), oldest.nodes().subList(0, stay)));
      }
    }
    return new Aged(new YoungNodes(left), settled);
  }

  private static void add(List<Brood> broods, Tid rev, List<Cid> nodes) {
    if (!nodes.isEmpty()) {
      broods.add(new Brood(rev, nodes));
    }
  }

  /** Those that were written after a revision. */
  YoungNodes after(Tid rev) {
    return new YoungNodes(broods.stream().filter(brood -> brood.rev().compareTo(rev) > 0).toList());
  }

  /** The revision that wrote a node, if it is one of these. */
  public Optional<Tid> rev(Cid node) {
    return broods.stream()
        .filter(brood -> brood.nodes().contains(node))
        .map(Brood::rev)
        .findFirst();
  }

  public boolean contains(Cid node) {
    return rev(node).isPresent();
  }

  /** Those of the last commit, which the next one will very likely need. */
  List<Cid> latest() {
    return broods.isEmpty() ? List.of() : broods.getLast().nodes();
  }

  int size() {
    return broods.stream().mapToInt(brood -> brood.nodes().size()).sum();
  }

  /** For each brood its revision (8 bytes), the number of nodes (1) and their digests (32 each). */
  byte @Nullable [] pack() {
    if (broods.isEmpty()) {
      return null;
    }
    byte[] bytes = new byte[broods.size() * BROOD_BYTES + size() * Cid.DIGEST_LENGTH];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (Brood brood : broods) {
      buffer.putLong(brood.rev().value()).put((byte) brood.nodes().size());
      for (Cid node : brood.nodes()) {
        node.copyDigestTo(bytes, buffer.position());
        buffer.position(buffer.position() + Cid.DIGEST_LENGTH);
      }
    }
    return bytes;
  }

  static YoungNodes unpack(byte[] bytes) {
    List<Brood> broods = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      Tid rev = new Tid(buffer.getLong());
      List<Cid> nodes = new ArrayList<>();
      for (int count = buffer.get(); count > 0; count--) {
        nodes.add(Cid.ofDagCborDigest(bytes, buffer.position()));
        buffer.position(buffer.position() + Cid.DIGEST_LENGTH);
      }
      broods.add(new Brood(rev, nodes));
    }
    return new YoungNodes(broods);
  }
}

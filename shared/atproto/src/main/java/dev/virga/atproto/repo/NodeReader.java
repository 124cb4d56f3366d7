package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@link MstNode} from its block, and refuses whatever {@link NodeWriter} would not have
 * written at that place of a tree: other encodings, keys that are malformed, out of order, of the
 * wrong layer or out of the subtree's bounds, uncompressed prefixes, nodes that hold nothing.
 */
final class NodeReader {
  /** The shortest entry: four names, a key of one byte, a prefix length, null and a link. */
  private static final int MIN_ENTRY = 1 + 8 + 2 + 1 + 1 + 41;

  private final Subtree.Link link;
  private final byte[] in;
  private final boolean trusted;

  /** The last key, of which the next one shares a prefix. */
  private final byte[] spelt;

  private int at;

  /**
   * A reader of one node.
   *
   * @param trusted as {@link BlockSource#isTrusted}
   */
  NodeReader(Subtree.Link link, byte[] bytes, boolean trusted) {
    this.trusted = trusted;
    this.link = link;
    this.in = bytes;
    this.spelt = new byte[Math.min(bytes.length, MstKey.MAX_LENGTH)]; // all suffixes are in there
  }

  MstNode read() {
    expect(NodeWriter.MAP_OF_2);
    name('e');
    int count = head(NodeWriter.ARRAY);
    if (count > (in.length - at) / MIN_ENTRY) {
      throw new DataException("more entries than bytes for them");
    }
    String[] keys = new String[count];
    Cid[] values = new Cid[count];
    @Nullable Cid[] subtrees = new @Nullable Cid[count + 1];
    String previous = "";
    for (int i = 0; i < count; i++) {
      expect(NodeWriter.MAP_OF_4);
      name('k');
      int suffix = skip(head(NodeWriter.BYTES));
      int length = at - suffix;
      name('p');
      previous = key(previous, head(0), suffix, length);
      keys[i] = previous;
      name('t');
      subtrees[i + 1] = optionalCid();
      name('v');
      values[i] = cid();
    }
    name('l');
    subtrees[0] = optionalCid();
    if (at != in.length) {
      throw new DataException("bytes after the end");
    }
    return checked(keys, values, subtrees);
  }

  /** Joins a prefix of the key before and a suffix, which is part of the node's bytes. */
  private String key(String previous, int prefix, int suffix, int length) {
    if (prefix > previous.length() || prefix + length > MstKey.MAX_LENGTH) {
      throw new DataException("key prefix or length out of range");
    }
    System.arraycopy(in, suffix, spelt, prefix, length);
    String key = new String(spelt, 0, prefix + length, StandardCharsets.ISO_8859_1);
    if (!trusted) {
      MstKey.check(key);
      if (MstKey.commonPrefix(previous, key) != prefix) {
        throw new DataException("key prefix not compressed");
      }
      if (key.compareTo(previous) <= 0) {
        throw new DataException("keys out of order");
      }
    }
    return key;
  }

  private MstNode checked(String[] keys, Cid[] values, @Nullable Cid[] subtrees) {
    int count = keys.length;
    if (count == 0) {
      if (link.layer() == Subtree.Link.ROOT) {
        throw new DataException("a root without keys");
      }
      if (subtrees[0] == null) {
        throw new DataException("an empty node inside a tree");
      }
    }
    int layer = link.layer() == Subtree.Link.ROOT ? MstKey.height(keys[0]) : link.layer();
    for (int i = 0; i < count && !trusted; i++) {
      if (MstKey.height(keys[i]) != layer) {
        throw new DataException("a key in the wrong layer");
      }
    }
    String low = link.low();
    String high = link.high();
    if (count > 0
        && ((low != null && keys[0].compareTo(low) <= 0)
            || (high != null && keys[count - 1].compareTo(high) >= 0))) {
      throw new DataException("keys outside of the node's place in the order");
    }
    @Nullable Subtree[] links = new @Nullable Subtree[count + 1];
    for (int i = 0; i <= count; i++) {
      Cid cid = subtrees[i];
      if (cid != null) {
        if (layer == 0) {
          throw new DataException("a subtree below the lowest layer");
        }
        links[i] =
            new Subtree.Link(
                cid, layer - 1, i == 0 ? low : keys[i - 1], i == count ? high : keys[i]);
      }
    }
    return new MstNode(layer, keys, values, links, link.cid());
  }

  private int peek() {
    if (at >= in.length) {
      throw new DataException("truncated");
    }
    return in[at] & 0xff;
  }

  private void expect(byte expected) {
    if (peek() != (expected & 0xff)) {
      throw new DataException("not the encoding of a tree node at byte " + at);
    }
    at++;
  }

  private void name(char letter) {
    expect(NodeWriter.TEXT_OF_1);
    expect((byte) letter);
  }

  /** A head of the major type with the least bytes; no node needs more than 16 bits. */
  private int head(int major) {
    int first = peek() - major;
    at++;
    if (first >= 0 && first < 24) {
      return first;
    }
    int number = first == 24 ? next() : first == 25 ? next() << 8 | next() : -1;
    if (number < (first == 25 ? 0x100 : 24)) {
      throw new DataException("not a canonical length at byte " + at);
    }
    return number;
  }

  private int next() {
    int value = peek();
    at++;
    return value;
  }

  /** Goes on by so many bytes, and says from where. */
  private int skip(int length) {
    if (length > in.length - at) {
      throw new DataException("truncated");
    }
    at += length;
    return at - length;
  }

  private @Nullable Cid optionalCid() {
    if (peek() == (NodeWriter.NULL & 0xff)) {
      at++;
      return null;
    }
    return cid();
  }

  private Cid cid() {
    int start = at + NodeWriter.LINK_HEAD.length;
    int end = start + Cid.LENGTH;
    if (end > in.length
        || !Arrays.equals(in, at, start, NodeWriter.LINK_HEAD, 0, NodeWriter.LINK_HEAD.length)) {
      throw new DataException("not a link at byte " + at);
    }
    Cid cid = Cid.fromBytes(in, start, Cid.LENGTH);
    if (!cid.isDagCbor()) {
      throw new DataException("a link to raw bytes at byte " + at);
    }
    at = end;
    return cid;
  }
}

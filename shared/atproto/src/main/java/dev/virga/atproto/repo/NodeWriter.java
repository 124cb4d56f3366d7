package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import org.jspecify.annotations.Nullable;

/**
 * Writes the DAG-CBOR block of one {@link MstNode}: {@code {e: [{k, p, t, v}], l}}.
 *
 * <p>By hand, since every commit writes a path of them. Source: atproto.com/specs/repository.
 */
final class NodeWriter {
  /** Tag 42, then a byte string of 37 bytes: a zero and the CID. */
  static final byte[] LINK_HEAD = {(byte) 0xd8, 42, 0x58, 1 + Cid.LENGTH, 0};

  static final byte NULL = (byte) 0xf6;
  static final byte MAP_OF_2 = (byte) 0xa2;
  static final byte MAP_OF_4 = (byte) 0xa4;
  static final int BYTES = 0x40;
  static final int ARRAY = 0x80;
  static final byte TEXT_OF_1 = 0x61;

  private static final int LINK = 5 + Cid.LENGTH;

  private final MstNode node;
  private final int[] prefixes;
  private final byte[] out;
  private int at;

  NodeWriter(MstNode node) {
    this.node = node;
    this.prefixes = new int[node.size()];
    this.out = new byte[measure()];
  }

  private int measure() {
    int length = 1 + 2 + head(node.size()) + 2 + linkLength(node.subtree(0));
    for (int i = 0; i < node.size(); i++) {
      String key = node.key(i);
      int prefix = i == 0 ? 0 : MstKey.commonPrefix(node.key(i - 1), key);
      int suffix = key.length() - prefix;
      prefixes[i] = prefix;
      length += 9 + head(suffix) + suffix + head(prefix) + linkLength(node.subtree(i + 1)) + LINK;
    }
    return length;
  }

  private static int head(int number) {
    if (number < 24) {
      return 1;
    }
    if (number < 0x100) {
      return 2;
    }
    return number < 0x10000 ? 3 : 5;
  }

  private static int linkLength(@Nullable Subtree subtree) {
    return subtree == null ? 1 : LINK;
  }

  byte[] write() {
    out[at++] = MAP_OF_2;
    name('e');
    head(ARRAY, node.size());
    for (int i = 0; i < node.size(); i++) {
      entry(i);
    }
    name('l');
    link(node.subtree(0));
    return out;
  }

  private void entry(int index) {
    String key = node.key(index);
    int prefix = prefixes[index];
    out[at++] = MAP_OF_4;
    name('k');
    head(BYTES, key.length() - prefix);
    for (int i = prefix; i < key.length(); i++) {
      out[at++] = (byte) key.charAt(i);
    }
    name('p');
    head(0, prefix);
    name('t');
    link(node.subtree(index + 1));
    name('v');
    link(node.value(index));
  }

  private void name(char letter) {
    out[at++] = TEXT_OF_1;
    out[at++] = (byte) letter;
  }

  private void head(int major, int number) {
    if (number < 24) {
      out[at++] = (byte) (major | number);
    } else if (number < 0x100) {
      out[at++] = (byte) (major | 24);
      out[at++] = (byte) number;
    } else if (number < 0x10000) {
      out[at++] = (byte) (major | 25);
      out[at++] = (byte) (number >>> 8);
      out[at++] = (byte) number;
    } else {
      out[at++] = (byte) (major | 26);
      out[at++] = (byte) (number >>> 24);
      out[at++] = (byte) (number >>> 16);
      out[at++] = (byte) (number >>> 8);
      out[at++] = (byte) number;
    }
  }

  private void link(@Nullable Subtree subtree) {
    if (subtree == null) {
      out[at++] = NULL;
    } else {
      link(subtree.cid());
    }
  }

  private void link(Cid cid) {
    System.arraycopy(LINK_HEAD, 0, out, at, LINK_HEAD.length);
    cid.copyTo(out, at + LINK_HEAD.length);
    at += LINK;
  }
}

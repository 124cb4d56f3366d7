package dev.virga.pds.verify;

import dev.virga.atproto.crypto.Sha256;
import dev.virga.atproto.data.Cid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A set of CIDs or names at eight bytes each: add all, then ask. Two of them look the same once in
 * 2^64 pairs, in which case a leftover goes unnoticed.
 */
final class Fingerprints {
  private static final int FIRST_SIZE = 256;

  private long[] prints = new long[FIRST_SIZE];
  private int size;
  private boolean sorted = true;

  void add(Cid cid) {
    add(print(cid));
  }

  void add(String name) {
    add(print(name));
  }

  boolean has(Cid cid) {
    return has(print(cid));
  }

  boolean has(String name) {
    return has(print(name));
  }

  int size() {
    return size;
  }

  private void add(long print) {
    if (size == prints.length) {
      prints = Arrays.copyOf(prints, size * 2);
    }
    prints[size++] = print;
    sorted = false;
  }

  private boolean has(long print) {
    if (!sorted) {
      Arrays.sort(prints, 0, size);
      sorted = true;
    }
    return Arrays.binarySearch(prints, 0, size, print) >= 0;
  }

  private static long print(Cid cid) {
    return ByteBuffer.wrap(cid.toBytes()).getLong(Cid.LENGTH - Long.BYTES);
  }

  private static long print(String name) {
    return ByteBuffer.wrap(Sha256.of(name.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}

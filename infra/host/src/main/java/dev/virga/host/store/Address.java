package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Key;

/** A key as the bytes that SQLite compares. */
@SuppressWarnings("ArrayRecordComponent")
record Address(byte[] partition, byte[] sort) {
  static Address of(Key key) {
    return new Address(key.partition().getBytes(UTF_8), key.sort().getBytes(UTF_8));
  }

  Key key() {
    return Key.ofStored(new String(partition, UTF_8), new String(sort, UTF_8));
  }
}

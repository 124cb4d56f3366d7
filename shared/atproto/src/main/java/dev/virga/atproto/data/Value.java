package dev.virga.atproto.data;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A value of the AT Protocol data model, the same whether it came as DAG-CBOR or as JSON.
 *
 * <p>Immutable. There are no floats. Source: atproto.com/specs/data-model.
 */
public sealed interface Value {

  /** The null value. */
  enum Null implements Value {
    NULL
  }

  /** True or false. */
  record Bool(boolean value) implements Value {}

  /** A signed 64-bit integer. */
  record Int(long value) implements Value {}

  /** A Unicode string without unpaired surrogates. */
  record Text(String value) implements Value {}

  /** A byte string; the array is shared, never written to. */
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] value) implements Value {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && java.util.Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return java.util.Arrays.hashCode(value);
    }
  }

  /** A link to another block, {@code {"$link": …}} in JSON and tag 42 in CBOR. */
  record Link(Cid cid) implements Value {}

  /** An array. */
  record Array(List<Value> items) implements Value {
    public Array {
      items = List.copyOf(items);
    }
  }

  /**
   * A map with text keys, iterated in canonical DAG-CBOR order: by length in bytes, then by bytes.
   */
  record Obj(SortedMap<String, Value> entries) implements Value {
    public Obj(Map<String, Value> entries) {
      this(sorted(entries));
    }

    public Obj {
      entries = Collections.unmodifiableSortedMap(entries);
    }

    private static SortedMap<String, Value> sorted(Map<String, Value> entries) {
      SortedMap<String, Value> sorted = new TreeMap<>(CanonicalOrder.KEYS);
      sorted.putAll(entries);
      return sorted;
    }

    public Optional<Value> get(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    /** The text under a key, or empty when the key is absent or holds something else. */
    public Optional<String> text(String key) {
      return entries.get(key) instanceof Text(String value) ? Optional.of(value) : Optional.empty();
    }
  }

  static Value of(String text) {
    return new Text(text);
  }

  static Value of(long number) {
    return new Int(number);
  }

  static Value of(boolean flag) {
    return new Bool(flag);
  }

  static Value of(Cid cid) {
    return new Link(cid);
  }
}

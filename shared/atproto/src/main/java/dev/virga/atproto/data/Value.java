package dev.virga.atproto.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

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

  /** A Unicode string without unpaired surrogates; parsers and encoders refuse those. */
  record Text(String value) implements Value {}

  /** A byte string; the array is shared, never written to. */
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] value) implements Value {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
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
   *
   * <p>The typed getters answer empty both for an absent key and for a value of another kind.
   */
  record Obj(SortedMap<String, Value> entries) implements Value {
    /** The map without entries. */
    public static final Obj EMPTY = new Obj(Map.of());

    public Obj(Map<String, Value> entries) {
      this(SortedEntries.copyOf(entries));
    }

    public Obj {
      // Whatever order the given map has, ours is the canonical one.
      entries = SortedEntries.copyOf(entries);
    }

    public Optional<Value> get(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    public boolean has(String key) {
      return entries.containsKey(key);
    }

    public Optional<String> text(String key) {
      return entries.get(key) instanceof Text(String value) ? Optional.of(value) : Optional.empty();
    }

    public OptionalLong integer(String key) {
      return entries.get(key) instanceof Int(long value)
          ? OptionalLong.of(value)
          : OptionalLong.empty();
    }

    public Optional<Boolean> bool(String key) {
      return entries.get(key) instanceof Bool(boolean value)
          ? Optional.of(value)
          : Optional.empty();
    }

    public Optional<byte[]> bytes(String key) {
      return entries.get(key) instanceof Bytes(byte[] value)
          ? Optional.of(value)
          : Optional.empty();
    }

    public Optional<Cid> link(String key) {
      return entries.get(key) instanceof Link(Cid cid) ? Optional.of(cid) : Optional.empty();
    }

    public Optional<List<Value>> array(String key) {
      return entries.get(key) instanceof Array(List<Value> items)
          ? Optional.of(items)
          : Optional.empty();
    }

    public Optional<Obj> obj(String key) {
      return entries.get(key) instanceof Obj obj ? Optional.of(obj) : Optional.empty();
    }

    /** This map with one entry added or replaced. */
    public Obj with(String key, Value value) {
      Map<String, Value> changed = new LinkedHashMap<>(entries);
      changed.put(key, value);
      return new Obj(changed);
    }

    /** This map without an entry. */
    public Obj without(String key) {
      if (!has(key)) {
        return this;
      }
      Map<String, Value> changed = new LinkedHashMap<>(entries);
      changed.remove(key);
      return new Obj(changed);
    }

    public static Builder builder() {
      return new Builder();
    }
  }

  /** Collects the entries of an {@link Obj} in any order; a later entry replaces an earlier one. */
  final class Builder {
    private final Map<String, Value> entries = new LinkedHashMap<>();

    private Builder() {}

    public Builder put(String key, Value value) {
      entries.put(key, value);
      return this;
    }

    public Builder put(String key, String text) {
      return put(key, new Text(text));
    }

    public Builder put(String key, long number) {
      return put(key, new Int(number));
    }

    public Builder put(String key, boolean flag) {
      return put(key, new Bool(flag));
    }

    public Builder put(String key, Cid cid) {
      return put(key, new Link(cid));
    }

    public Obj build() {
      return new Obj(entries);
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

package dev.virga.pds.store;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A small immutable map of named, typed attributes: what the {@link Index} stores under a key.
 *
 * <p>Attributes are text, whole numbers, flags or bytes. An absent attribute and an empty {@code
 * Optional} are the same thing; there is no null. Names have 1 to 255 bytes and do not begin with
 * {@code $}, which backends keep for themselves. An item that breaks these rules or is larger than
 * {@link #MAX_BYTES} cannot be made: {@link IllegalArgumentException}.
 */
public final class Item {
  /** One attribute. */
  public sealed interface Attribute {
    /** Text, which may be empty. */
    record Text(String value) implements Attribute {}

    /** A signed 64-bit whole number. */
    record Whole(long value) implements Attribute {}

    /** A flag. */
    record Flag(boolean value) implements Attribute {}

    /** Bytes; the array is shared, never written to. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] value) implements Attribute {
      @Override
      public boolean equals(Object other) {
        return other instanceof Bytes that && java.util.Arrays.equals(value, that.value);
      }

      @Override
      public int hashCode() {
        return java.util.Arrays.hashCode(value);
      }
    }
  }

  /** Attributes that a backend reads back and decodes as they are asked for. */
  public interface Encoded {
    /** The attribute of a name, if there is one. */
    @Nullable Attribute find(String name);

    /** All attributes by their names. */
    SortedMap<String, Attribute> all();
  }

  /** Attributes that are decoded already. */
  private record Decoded(SortedMap<String, Attribute> all) implements Encoded {
    @Override
    public @Nullable Attribute find(String name) {
      return all.get(name);
    }
  }

  /**
   * The most bytes an item may have, names included; leaves room for the keys in DynamoDB's 400 KB.
   */
  public static final int MAX_BYTES = 400_000;

  private static final int MAX_NAME_BYTES = 255;

  /** What DynamoDB charges for a number of 19 digits, about. */
  private static final int NUMBER_BYTES = 12;

  /** An item without attributes: its key says it all. */
  public static final Item EMPTY = of(Map.of());

  private static final int UNMEASURED = -1;

  private final Encoded attributes;

  /** The size once it is known; threads that measure it at the same time agree. */
  private int bytes;

  private Item(Encoded attributes, int bytes) {
    this.attributes = attributes;
    this.bytes = bytes;
  }

  private static int measure(Map<String, Attribute> attributes) {
    long bytes = 0;
    for (Map.Entry<String, Attribute> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      if (name.startsWith("$")) {
        throw new IllegalArgumentException("attribute name begins with $: " + name);
      }
      bytes += Utf8.lengthWithin(name, MAX_NAME_BYTES, "attribute name");
      bytes +=
          switch (attribute.getValue()) {
            case Attribute.Text(String text) -> Utf8.length(text, name);
            case Attribute.Whole(long _) -> NUMBER_BYTES;
            case Attribute.Flag(boolean _) -> 1;
            case Attribute.Bytes(byte[] array) -> array.length;
          };
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "item has %d bytes, at most %d are allowed".formatted(bytes, MAX_BYTES));
    }
    return (int) bytes;
  }

  public static Item of(Map<String, Attribute> attributes) {
    SortedMap<String, Attribute> copy =
        Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    return new Item(new Decoded(copy), measure(attributes));
  }

  /**
   * An item that a backend reads back. It kept the rules when it was made, and reads are many and
   * want few attributes, so that it is neither decoded nor measured until somebody asks.
   */
  public static Item ofStored(Encoded attributes) {
    return new Item(attributes, UNMEASURED);
  }

  public static Builder builder() {
    return new Builder(Map.of());
  }

  /** A builder that starts with this item's attributes. */
  public Builder toBuilder() {
    return new Builder(attributes());
  }

  /** The size that counts against {@link #MAX_BYTES}. */
  public int bytes() {
    int known = bytes;
    if (known == UNMEASURED) {
      known = measure(attributes());
      bytes = known;
    }
    return known;
  }

  /** All attributes by their names, in order; for one or two {@link #attribute} is cheaper. */
  public SortedMap<String, Attribute> attributes() {
    return attributes.all();
  }

  /** The attribute of a name, of whatever kind. */
  public Optional<Attribute> attribute(String name) {
    return Optional.ofNullable(attributes.find(name));
  }

  public Optional<String> text(String name) {
    return attributes.find(name) instanceof Attribute.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  public Optional<Long> number(String name) {
    return attributes.find(name) instanceof Attribute.Whole(long value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /** The flag, false when absent. */
  public boolean flag(String name) {
    return attributes.find(name) instanceof Attribute.Flag(boolean value) && value;
  }

  public Optional<byte[]> bytes(String name) {
    return attributes.find(name) instanceof Attribute.Bytes(byte[] value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /**
   * The text of an attribute that this item's writer always sets.
   *
   * @throws IllegalStateException if it is absent, which means the store is damaged
   */
  public String requireText(String name) {
    return text(name).orElseThrow(() -> missing(name));
  }

  /** As {@link #requireText}, for a number. */
  public long requireNumber(String name) {
    return number(name).orElseThrow(() -> missing(name));
  }

  /** As {@link #requireText}, for bytes. */
  public byte[] requireBytes(String name) {
    return bytes(name).orElseThrow(() -> missing(name));
  }

  private IllegalStateException missing(String name) {
    return new IllegalStateException(
        "stored item lacks '" + name + "', it has " + attributes().keySet());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Item that && attributes().equals(that.attributes());
  }

  @Override
  public int hashCode() {
    return attributes().hashCode();
  }

  @Override
  public String toString() {
    return attributes().toString();
  }

  /** Collects attributes; a null or empty value leaves the attribute out. */
  public static final class Builder {
    private final Map<String, Attribute> attributes;

    private Builder(Map<String, Attribute> attributes) {
      this.attributes = new TreeMap<>(attributes);
    }

    public Builder text(String name, @Nullable String value) {
      return value == null ? without(name) : with(name, new Attribute.Text(value));
    }

    public Builder text(String name, Optional<String> value) {
      return text(name, value.orElse(null));
    }

    public Builder number(String name, long value) {
      return with(name, new Attribute.Whole(value));
    }

    public Builder number(String name, Optional<Long> value) {
      return value.isPresent() ? number(name, value.get()) : without(name);
    }

    public Builder flag(String name, boolean value) {
      return with(name, new Attribute.Flag(value));
    }

    public Builder bytes(String name, byte @Nullable [] value) {
      return value == null ? without(name) : with(name, new Attribute.Bytes(value));
    }

    public Builder without(String name) {
      attributes.remove(name);
      return this;
    }

    private Builder with(String name, Attribute value) {
      attributes.put(name, value);
      return this;
    }

    public Item build() {
      return of(attributes);
    }
  }
}

package dev.virga.atproto.data;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link Value.Obj}: an immutable map in canonical key order, held in two arrays.
 */
@SuppressWarnings("JdkObsolete") // NavigableMap's twenty further methods would serve nobody
final class SortedEntries extends AbstractMap<String, Value> implements SortedMap<String, Value> {
  /** Up to here comparing lengths and characters one key after another beats halving. */
  private static final int LINEAR_SEARCH = 12;

  private final String[] keys;
  private final Value[] values;

  private SortedEntries(String[] keys, Value[] values) {
    this.keys = keys;
    this.values = values;
  }

  /**
   * Sorts what is not sorted yet.
   *
   * @throws DataException if a key comes twice
   */
  static SortedEntries of(List<String> keys, List<Value> values) {
    return of(keys.toArray(String[]::new), values.toArray(Value[]::new));
  }

  static SortedEntries copyOf(Map<String, Value> map) {
    if (map instanceof SortedEntries sorted) {
      return sorted;
    }
    return of(map.keySet().toArray(String[]::new), map.values().toArray(Value[]::new));
  }

  private static SortedEntries of(String[] keys, Value[] values) {
    for (Value value : values) {
      java.util.Objects.requireNonNull(value, "a map's value is null; use Value.Null");
    }
    return isSorted(keys) ? new SortedEntries(keys, values) : sort(keys, values);
  }

  private static SortedEntries sort(String[] keys, Value[] values) {
    Integer[] order = new Integer[keys.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> CanonicalOrder.KEYS.compare(keys[a], keys[b]));
    String[] sortedKeys = new String[keys.length];
    Value[] sortedValues = new Value[keys.length];
    for (int i = 0; i < order.length; i++) {
      sortedKeys[i] = keys[order[i]];
      sortedValues[i] = values[order[i]];
    }
    if (!isSorted(sortedKeys)) {
      throw new DataException("a map with the same key twice");
    }
    return new SortedEntries(sortedKeys, sortedValues);
  }

  private static boolean isSorted(String[] keys) {
    for (int i = 1; i < keys.length; i++) {
      if (CanonicalOrder.KEYS.compare(keys[i - 1], keys[i]) >= 0) {
        return false;
      }
    }
    return true;
  }

  String keyAt(int index) {
    return keys[index];
  }

  Value valueAt(int index) {
    return values[index];
  }

  @Override
  public int size() {
    return keys.length;
  }

  @Override
  public @Nullable Value get(@Nullable Object key) {
    int index = key instanceof String text ? indexOf(text) : -1;
    return index < 0 ? null : values[index];
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key instanceof String text && indexOf(text) >= 0;
  }

  private int indexOf(String key) {
    if (keys.length > LINEAR_SEARCH) {
      return Arrays.binarySearch(keys, key, CanonicalOrder.KEYS);
    }
    for (int i = 0; i < keys.length; i++) {
      if (keys[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Value> action) {
    for (int i = 0; i < keys.length; i++) {
      action.accept(keys[i], values[i]);
    }
  }

  @Override
  public Comparator<? super String> comparator() {
    return CanonicalOrder.KEYS;
  }

  @Override
  public SortedMap<String, Value> subMap(String from, String to) {
    if (CanonicalOrder.KEYS.compare(from, to) > 0) {
      throw new IllegalArgumentException("from is after to");
    }
    return slice(insertionPoint(from), insertionPoint(to));
  }

  @Override
  public SortedMap<String, Value> headMap(String to) {
    return slice(0, insertionPoint(to));
  }

  @Override
  public SortedMap<String, Value> tailMap(String from) {
    return slice(insertionPoint(from), keys.length);
  }

  private SortedEntries slice(int from, int to) {
    return new SortedEntries(
        Arrays.copyOfRange(keys, from, to), Arrays.copyOfRange(values, from, to));
  }

  private int insertionPoint(String key) {
    int index = Arrays.binarySearch(keys, key, CanonicalOrder.KEYS);
    return index < 0 ? -index - 1 : index;
  }

  @Override
  public String firstKey() {
    return keyOrNone(0);
  }

  @Override
  public String lastKey() {
    return keyOrNone(keys.length - 1);
  }

  private String keyOrNone(int index) {
    if (keys.length == 0) {
      throw new NoSuchElementException();
    }
    return keys[index];
  }

  @Override
  public Set<Entry<String, Value>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return keys.length;
      }

      @Override
      public Iterator<Entry<String, Value>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Entry<String, Value>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < keys.length;
    }

    @Override
    public Entry<String, Value> next() {
      if (next >= keys.length) {
        throw new NoSuchElementException();
      }
      int index = next++;
      return Map.entry(keys[index], values[index]);
    }
  }
}

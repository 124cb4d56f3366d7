package dev.virga.pds.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An {@link Index} in front of another, through whose {@link #around} every call goes: what all
 * doubles that count, delay or break something are made of.
 *
 * <p>A transaction with entries before it is three calls, as it is in the cloud, and so is a list
 * of conditional writes as many as there are transactions.
 */
public class ForwardingIndex implements Index {
  /** What a call does to the index behind this one. */
  @FunctionalInterface
  public interface Body<T> {
    T run() throws ConditionFailedException;
  }

  private final Index index;

  protected ForwardingIndex(Index index) {
    this.index = index;
  }

  /**
   * Carries out a call, or does something else.
   *
   * @param write whether the call may change something
   * @param what the keys that it is about, for people
   */
  protected <T> T around(String method, boolean write, String what, Body<T> body)
      throws ConditionFailedException {
    return body.run();
  }

  private <T> T unconditionally(String method, boolean write, String what, Body<T> body) {
    try {
      return around(method, write, what, body);
    } catch (ConditionFailedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Write.Limits limits() {
    return index.limits();
  }

  @Override
  public boolean tellsInOrder() {
    return index.tellsInOrder();
  }

  @Override
  public Optional<Item> get(Key key) {
    return unconditionally("get", false, name(key), () -> index.get(key));
  }

  @Override
  public Optional<Item> getStale(Key key) {
    return unconditionally("get", false, name(key), () -> index.getStale(key));
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    return unconditionally("batchGet", false, keys.size() + " keys", () -> index.batchGet(keys));
  }

  @Override
  public Page query(Query query) {
    return unconditionally(
        "query", false, query.partition() + " / " + query.range().from(), () -> index.query(query));
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    boolean _ =
        around(
            "transact",
            true,
            name(writes.getLast().key()),
            () -> {
              index.transact(writes);
              return true;
            });
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    boolean _ =
        unconditionally(
            "batchPut",
            true,
            entries.size() + " entries",
            () -> {
              index.batchPut(entries);
              return true;
            });
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    boolean _ =
        unconditionally(
            "batchDelete",
            true,
            keys.size() + " keys",
            () -> {
              index.batchDelete(keys);
              return true;
            });
  }

  private static String name(Key key) {
    return key.partition() + " / " + key.sort();
  }
}

package dev.virga.pds.account;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An index whose n-th write goes wrong, in one of several ways. */
final class TroubledIndex implements Index {
  /** What goes wrong. */
  enum Trouble {
    /** The write is not done, and the store says that it cannot answer. */
    LOST,
    /** The write is done, but the store says that it cannot answer. */
    UNHEARD,
    /** The process dies before the write. */
    DEATH_BEFORE,
    /** The process dies after the write. */
    DEATH_AFTER
  }

  /** The end of a process. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final Index index;
  private Trouble trouble = Trouble.LOST;
  private int countdown = -1;
  private boolean dead;

  TroubledIndex(Index index) {
    this.index = index;
  }

  void plan(int write, Trouble planned) {
    countdown = write;
    trouble = planned;
  }

  /** Starts the process anew, without trouble. */
  void revive() {
    dead = false;
    countdown = -1;
  }

  /** Whether the trouble came. */
  boolean struck() {
    return countdown == -1;
  }

  private interface Action {
    void run() throws ConditionFailedException;
  }

  private void write(Action action) throws ConditionFailedException {
    requireAlive();
    if (countdown < 0 || countdown-- > 0) {
      action.run();
      return;
    }
    if (trouble == Trouble.UNHEARD || trouble == Trouble.DEATH_AFTER) {
      action.run();
    }
    if (trouble == Trouble.LOST || trouble == Trouble.UNHEARD) {
      throw new StoreException("no answer");
    }
    dead = true;
    throw new Death();
  }

  private void requireAlive() {
    if (dead) {
      throw new Death();
    }
  }

  @Override
  public Optional<Item> get(Key key) {
    requireAlive();
    return index.get(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    requireAlive();
    return index.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    requireAlive();
    return index.query(query);
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    write(() -> index.transact(writes));
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    unconditionally(() -> index.batchPut(entries));
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    unconditionally(() -> index.batchDelete(keys));
  }

  private void unconditionally(Action action) {
    try {
      write(action);
    } catch (ConditionFailedException e) {
      throw new AssertionError(e);
    }
  }
}

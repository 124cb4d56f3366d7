package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The heads of repositories: read fresh, or as this process last saw them.
 *
 * <p>A remembered head may be out of date, which the etag condition of whoever writes on top of it
 * brings to light.
 */
public final class Heads {
  /** How many heads a process remembers, at about 1 KB each. */
  private static final int REMEMBERED = 10_000;

  private final Index index;
  private final Redo redo;
  private final Map<Did, Head> remembered = Collections.synchronizedMap(new Lru());

  public Heads(Index index, Redo redo) {
    this.index = index;
    this.redo = redo;
  }

  /** The current head, read now; a pending commit that it shows is finished first. */
  public Optional<Head> find(Did did) {
    return finished(did, index.get(RepoKeys.head(did)));
  }

  /** The current head, given the item that was just read. */
  Optional<Head> finished(Did did, Optional<Item> read) {
    Optional<Head> head = read.map(Head::from);
    while (head.isPresent() && head.get().pending() != null) {
      redo.finish(did, head.get());
      head = index.get(RepoKeys.head(did)).map(Head::from);
    }
    head.ifPresent(found -> remember(did, found));
    return head;
  }

  /** The head as last seen, or the current one. */
  Optional<Head> recall(Did did) {
    Head head = remembered.get(did);
    return head != null ? Optional.of(head) : find(did);
  }

  boolean knows(Did did) {
    return remembered.containsKey(did);
  }

  /** Takes a head from whoever has just read it; one with a pending commit is read again. */
  void offer(Did did, Item item) {
    Head head = Head.from(item);
    if (head.pending() == null) {
      remember(did, head);
    }
  }

  /** Keeps a head in mind, unless writes on top of it would be refused unseen. */
  void remember(Did did, Head head) {
    if (head.state().isActive()) {
      remembered.put(did, head);
    } else {
      remembered.remove(did);
    }
  }

  /** Makes the next {@link #recall} read again. */
  public void forget(Did did) {
    remembered.remove(did);
  }

  /**
   * The write that changes a repository's state, to go into the transaction that changes its
   * account's status.
   *
   * <p>It fails at {@link #key} if the repository was written meanwhile: read the head and try
   * again.
   *
   * @param head as just read
   * @param now any revision newer than the head's
   */
  public static Write stateWrite(Did did, Head head, RepoState state, Tid now) {
    Head changed = head.withState(state, now + "+" + state.text());
    return Write.put(RepoKeys.head(did), changed.toItem(), Condition.equal("etag", head.etag()));
  }

  /**
   * A write that fails if the repository was written since this call, and makes every writer that
   * began before start over; empty if there is no repository. A pending commit is finished first.
   */
  public Optional<Write> fence(Did did, TidClock tids) {
    return find(did)
        .map(
            head -> {
              remembered.remove(did);
              return stateWrite(did, head, head.state(), tids.nextAfter(head.changed()));
            });
  }

  /** Where the head of a repository is. */
  public static Key key(Did did) {
    return RepoKeys.head(did);
  }

  private static final class Lru extends LinkedHashMap<Did, Head> {
    private static final long serialVersionUID = 1L;

    Lru() {
      super(256, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Did, Head> eldest) {
      return size() > REMEMBERED;
    }
  }
}

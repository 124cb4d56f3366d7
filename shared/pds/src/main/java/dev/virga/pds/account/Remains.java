package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What requests that were under way when an account ended have stored after everything of it had
 * been removed: part of {@link AccountDeletion}, and of sign-ups that are taken back.
 *
 * <p>Most of what a request writes goes through only as long as the repository has its head. What
 * is stored before that is known, tree nodes and objects, stays if the request loses, or dies. So a
 * note of each end makes maintenance look once more a day later, when no such request is left.
 */
final class Remains {
  /** The partition of the notes, in order of time. */
  static final String ENDED = "ended";

  /** No request takes so long, nor are the clocks of processes so far apart. */
  static final Duration LATE = Duration.ofDays(1);

  /** Of the objects, those that a new account of the same DID cannot have. */
  private static final Duration OLD = Duration.ofHours(6);

  private static final int PAGE = 100;

  /** Entries removed at once, each perhaps with a note elsewhere, beside two checks. */
  private static final int CHUNK = (Write.MAX_PER_TRANSACTION - 2) / 2;

  private final Index index;
  private final Objects objects;

  Remains(Index index, Objects objects) {
    this.index = index;
    this.objects = objects;
  }

  /** The note that an account, or what was to be one, has just ended. */
  static Key note(Did did, Tid now) {
    return new Key(ENDED, now + "::" + did);
  }

  /** Looks once more where accounts ended long enough ago. */
  void sweep(Tid now) {
    Range old = new Range("", before(now, LATE).toString());
    Page page;
    do {
      page = index.query(Query.forward(ENDED, old, PAGE));
      for (Entry note : page.entries()) {
        String sort = note.key().sort();
        Did did = Did.parse(sort.substring(sort.indexOf("::") + 2));
        if (isBack(did) || clear(did, before(now, OLD))) {
          index.batchDelete(List.of(note.key()));
        }
        old = old.after(sort);
      }
    } while (page.more());
  }

  private static Tid before(Tid now, Duration time) {
    return Tid.of(now.micros() - time.toNanos() / 1_000, 0);
  }

  /** Whether the DID has an account again, to which everything belongs; or had until just now. */
  private boolean isBack(Did did) {
    return !index.batchGet(List.of(Heads.key(did), AccountKeys.deletion(did))).isEmpty();
  }

  /** Removes what there is; false if some of it is so new that it may be of the next account. */
  private boolean clear(Did did, Tid old) {
    boolean all = true;
    for (String prefix : AccountDeletion.PREFIXES) {
      @Nullable String after = null;
      do {
        Objects.Listing listing = objects.list(prefix + did + "/", after);
        for (Objects.Listed listed : listing.objects()) {
          if (isOlder(listed.name(), old)) {
            objects.delete(listed.name());
          } else {
            all = false;
          }
        }
        after = listing.next();
      } while (after != null);
    }
    clearItems(did);
    return all;
  }

  /** Objects are named by the time at which they were begun, whatever else follows. */
  private static boolean isOlder(String object, Tid bound) {
    String name = object.substring(object.lastIndexOf('/') + 1).split("\\.", 2)[0];
    return !Tid.isValid(name) || Tid.parse(name).compareTo(bound) < 0;
  }

  /** Removes all items as long as there is no account, but for events, which expire. */
  private void clearItems(Did did) {
    Range left = Range.prefix("");
    Page page;
    do {
      page = index.query(Query.forward(did.text(), left, CHUNK));
      List<Write> removals = new ArrayList<>();
      for (Entry entry : page.entries()) {
        if (!Outbox.holds(entry.key())) {
          removals.add(Write.delete(entry.key()));
          BlobItems.upload(did, entry).map(Write::delete).ifPresent(removals::add);
        }
        left = left.after(entry.key().sort());
      }
      if (!removals.isEmpty() && !attempt(did, removals)) {
        return;
      }
    } while (page.more());
  }

  private boolean attempt(Did did, List<Write> removals) {
    List<Write> writes = new ArrayList<>(removals);
    writes.add(Write.check(Heads.key(did), Condition.ABSENT));
    try {
      index.transact(writes);
      return true;
    } catch (ConditionFailedException e) {
      return false; // there is an account again
    }
  }
}

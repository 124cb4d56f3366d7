package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rounds over the objects of blobs for those that no item names: their process died between storing
 * the bytes and saying so, or between saying that they lie elsewhere and removing them here.
 *
 * <p>A page of names at a time, each round at most once a week; how far it has come is an item, so
 * that any process can go on. Objects are named by the time at which their upload began, and a
 * young one is left alone. So are those of an account that does not exist, which may be a matter of
 * an Index that was lost; and, for the same reason, those to which a record refers.
 */
public final class StrayBlobs {
  private static final Logger LOG = LoggerFactory.getLogger(StrayBlobs.class);

  /** No upload takes so long, nor are the clocks of processes so far apart. */
  static final Duration IN_FLIGHT = Duration.ofDays(2);

  private static final Duration EVERY = Duration.ofDays(7);

  private static final Key ROUND = new Key("upkeep", "blobs");
  private static final String BEGAN = "began";

  /** The last name that was looked at, or a folder that is to be begun with. */
  private static final String CURSOR = "cursor";

  private static final int PAGE = 500;

  private final Index index;
  private final Objects objects;
  private final InstantSource clock;

  public StrayBlobs(Index index, Objects objects, InstantSource clock) {
    this.index = index;
    this.objects = objects;
    this.clock = clock;
  }

  /**
   * Looks at the next page of names, or begins another round if it is time to.
   *
   * @return whether the round goes on
   * @throws StoreException if a store cannot answer; the page comes again
   */
  public boolean goOn() {
    Optional<Item> round = index.get(ROUND);
    @Nullable String cursor = round.flatMap(item -> item.text(CURSOR)).orElse(null);
    Instant now = clock.instant();
    Instant began = Instant.ofEpochMilli(round.flatMap(item -> item.number(BEGAN)).orElse(0L));
    if (cursor == null) {
      if (round.isPresent() && now.isBefore(began.plus(EVERY))) {
        return false;
      }
      began = now;
      cursor = Quarantine.OPEN;
    }
    @Nullable String reached = look(cursor, now.minus(IN_FLIGHT));
    Item progress =
        Item.builder().number(BEGAN, began.toEpochMilli()).text(CURSOR, reached).build();
    index.batchPut(List.of(new Entry(ROUND, progress)));
    return reached != null;
  }

  /** Looks at a page; gives where to go on. */
  private @Nullable String look(String cursor, Instant old) {
    String folder = cursor.startsWith(Quarantine.OPEN) ? Quarantine.OPEN : Quarantine.CLOSED;
    Objects.Listing listing = objects.list(folder, cursor.equals(folder) ? null : cursor);
    Tid bound = Tid.of(old.toEpochMilli() * 1_000, 0);
    Map<String, Set<String>> candidates = new TreeMap<>();
    for (Objects.Listed listed : listing.objects()) {
      int slash = listed.name().lastIndexOf('/');
      String began = listed.name().substring(slash + 1);
      if (slash > folder.length() && Tid.isValid(began) && Tid.parse(began).compareTo(bound) < 0) {
        String owner = listed.name().substring(folder.length(), slash);
        candidates.computeIfAbsent(owner, key -> new TreeSet<>()).add(listed.name());
      }
    }
    candidates.forEach(this::look);
    return listing.next() != null
        ? listing.next()
        : folder.equals(Quarantine.OPEN) ? Quarantine.CLOSED : null;
  }

  private void look(String owner, Set<String> names) {
    Did did;
    try {
      did = Did.parse(owner);
    } catch (SyntaxException e) {
      return; // not ours
    }
    if (index.get(BlobItems.head(did)).isPresent()) {
      dropNamed(did, names);
      long removed = names.stream().filter(name -> remove(did, name)).count();
      if (removed > 0) {
        LOG.debug("{}: {} objects of blobs that nothing named were removed", did, removed);
      }
    }
  }

  /** Leaves those that no item names. An item that is still on its way names a younger one. */
  private void dropNamed(Did did, Set<String> names) {
    Range rest = BlobItems.blobs();
    Page page;
    do {
      page = index.query(new Query(did.text(), rest, false, PAGE, Query.Consistency.STALE));
      for (Entry entry : page.entries()) {
        entry.item().text(StoredBlob.OBJECT).ifPresent(names::remove);
        rest = rest.after(entry.key().sort());
      }
    } while (page.more() && !names.isEmpty());
  }

  /** Removes an object, unless its bytes turn out to be needed. */
  private boolean remove(Did did, String name) {
    Optional<Cid> found = read(name, true);
    if (found.isEmpty()) {
      return false;
    }
    Cid cid = found.get();
    Optional<Item> blob = index.get(BlobItems.blob(did, cid));
    boolean named =
        blob.flatMap(item -> item.text(StoredBlob.OBJECT)).stream().anyMatch(name::equals);
    if (named) {
      return false;
    }
    if (blob.isEmpty() && isReferred(did, cid)) {
      LOG.warn("{} has what a record of {} refers to, but its item is missing", name, did);
      return false;
    }
    objects.delete(name);
    return true;
  }

  /**
   * What an object has; nothing if somebody else was faster, or if it cannot be read, not even by a
   * second attempt. It may then be what a record refers to, and must not keep the round from going
   * on: it is looked at again in the next.
   */
  private Optional<Cid> read(String name, boolean again) {
    try {
      return objects.open(name).map(StrayBlobs::cid);
    } catch (StoreException | UncheckedIOException e) {
      if (again) {
        return read(name, false);
      }
      LOG.warn("{}, which no item names, cannot be read and is left for now", name, e);
      return Optional.empty();
    }
  }

  private static Cid cid(Objects.Opened opened) {
    try (opened) {
      BlobIntake intake = new BlobIntake(opened.content(), "");
      long _ = intake.stream().transferTo(OutputStream.nullOutputStream());
      return intake.cid();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReferred(Did did, Cid cid) {
    return !index
        .query(Query.forward(did.text(), BlobItems.references(cid), 1))
        .entries()
        .isEmpty();
  }
}

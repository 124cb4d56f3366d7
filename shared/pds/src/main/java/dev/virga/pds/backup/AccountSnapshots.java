package dev.virga.pds.backup;

import dev.virga.atproto.crypto.Sha256;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a sealed copy of every account in the Objects, {@code accounts/<did>/<tid>}, so that an
 * Index that is lost can be made anew from the Objects and the server's secrets.
 *
 * <p>One object at a time for each account, replaced when the account has changed.
 */
public final class AccountSnapshots {
  /** Where it is noted which snapshot is the last. */
  static final String STATE = "snapshot";

  private static final String PREFIX = "accounts/";
  private static final String DIGEST = "digest";
  private static final String OBJECT = "object";

  private final Index index;
  private final Objects objects;
  private final AccountDumps dumps;
  private final KeySealing sealing;
  private final TidClock tids;

  public AccountSnapshots(
      Index index, Objects objects, AccountDumps dumps, KeySealing sealing, TidClock tids) {
    this.index = index;
    this.objects = objects;
    this.dumps = dumps;
    this.sealing = sealing;
    this.tids = tids;
  }

  /**
   * Stores a snapshot of an account, unless the last one is the same.
   *
   * @return whether one was stored
   */
  public boolean store(Did did) {
    Optional<AccountDump> dump = dumps.read(did);
    if (dump.isEmpty()) {
      return false;
    }
    byte[] plain = DagCbor.encode(dump.get().toValue());
    byte[] digest = Sha256.of(plain);
    Key state = state(did);
    if (index.get(state).filter(last -> isStill(did, last, digest)).isPresent()) {
      return false;
    }
    String name = PREFIX + did + "/" + tids.next();
    objects.putIfAbsent(name, sealing.seal(owner(did), plain), Objects.Metadata.NONE);
    try {
      index.transact(
          Write.all(
              Write.put(state, Item.builder().bytes(DIGEST, digest).text(OBJECT, name).build()),
              Write.check(AccountKeys.account(did), Condition.PRESENT)));
    } catch (ConditionFailedException e) {
      objects.delete(name); // the account was deleted meanwhile
      return false;
    }
    for (String other : names(PREFIX + did + "/")) {
      if (other.compareTo(name) < 0) {
        objects.delete(other);
      }
    }
    return true;
  }

  /** Whether the last snapshot is of the same account and was not lost. */
  private boolean isStill(Did did, Item last, byte[] digest) {
    return last.bytes(DIGEST).filter(known -> Arrays.equals(known, digest)).isPresent()
        && isOf(did, last.requireText(OBJECT))
        && objects.size(last.requireText(OBJECT)).isPresent();
  }

  static Key state(Did did) {
    return new Key(did.text(), STATE);
  }

  /** Whether an object has the name of a snapshot of this account. */
  static boolean isOf(Did did, String object) {
    return object.startsWith(PREFIX + did + "/");
  }

  /** The object of the last snapshot, as the account's partition has it. */
  Optional<String> named(Did did) {
    return index.get(state(did)).map(item -> item.requireText(OBJECT));
  }

  /** The accounts that have snapshots. */
  public Set<Did> all() {
    Set<Did> dids = new TreeSet<>((one, other) -> one.text().compareTo(other.text()));
    for (String name : names(PREFIX)) {
      String rest = name.substring(PREFIX.length());
      int slash = rest.indexOf('/');
      if (slash > 0) {
        dids.add(Did.parse(rest.substring(0, slash)));
      }
    }
    return dids;
  }

  /**
   * The last snapshot of an account that opens.
   *
   * @throws StoreException if there are some and none opens
   */
  public Optional<AccountDump> latest(Did did) {
    @Nullable RuntimeException failure = null;
    for (String name : names(PREFIX + did + "/").reversed()) {
      try {
        Optional<byte[]> sealed = objects.get(name);
        if (sealed.isPresent()) {
          byte[] plain = sealing.open(owner(did), sealed.get());
          return Optional.of(AccountDump.from(DagCbor.decodeObj(plain)));
        }
      } catch (IllegalStateException | DataException | StoreException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new StoreException(
          "no snapshot of " + did + " opens: " + failure.getMessage(), failure);
    }
    return Optional.empty();
  }

  /** Tells the snapshots that do not open, each with what is wrong. */
  void unreadable(BiConsumer<String, String> damaged) {
    for (String name : names(PREFIX)) {
      try {
        String rest = name.substring(PREFIX.length());
        Did did = Did.parse(rest.substring(0, Math.max(0, rest.indexOf('/'))));
        Optional<byte[]> sealed = objects.get(name);
        if (sealed.isPresent()) {
          var _ = AccountDump.from(DagCbor.decodeObj(sealing.open(owner(did), sealed.get())));
        }
      } catch (IllegalStateException | IllegalArgumentException | StoreException e) {
        damaged.accept(name, String.valueOf(e.getMessage()));
      }
    }
  }

  private static String owner(Did did) {
    return "snapshot of " + did;
  }

  private List<String> names(String prefix) {
    List<String> names = new ArrayList<>();
    @Nullable String after = null;
    do {
      Objects.Listing listing = objects.list(prefix, after);
      listing.objects().forEach(listed -> names.add(listed.name()));
      after = listing.next();
    } while (after != null);
    return names;
  }
}

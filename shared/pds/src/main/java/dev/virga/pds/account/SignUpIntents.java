package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The sign-ups under way, so that one that does not come to an end can be taken back, by whoever
 * notices. The steps are described in this package's documentation.
 */
public final class SignUpIntents {
  /** No sign-up takes that long: an intent this old belongs to a process that died. */
  static final Duration ABANDONED = Duration.ofMinutes(5);

  private static final int PAGE = 100;
  private static final String OPEN = "open";

  private final Index index;
  private final Objects objects;
  private final PlcIdentities identities;
  private final InstantSource clock;

  public SignUpIntents(
      Index index, Objects objects, PlcIdentities identities, InstantSource clock) {
    this.index = index;
    this.objects = objects;
    this.identities = identities;
    this.clock = clock;
  }

  /**
   * Reserves a handle and an address for a DID that will soon exist.
   *
   * @throws XrpcException 400 InvalidRequest if one of them is taken
   */
  void open(Did did, Handle handle, EmailAddress email) {
    if (tryOpen(did, handle, email)) {
      return;
    }
    boolean freed = freeIfAbandoned(AccountKeys.handle(handle));
    freed |= freeIfAbandoned(AccountKeys.email(email));
    if (!freed || !tryOpen(did, handle, email)) {
      throw taken(handle, email);
    }
  }

  private boolean tryOpen(Did did, Handle handle, EmailAddress email) {
    Item intent =
        Item.builder()
            .text("state", OPEN)
            .text("handle", handle.text())
            .text("email", email.text())
            .number("openedAt", clock.instant().toEpochMilli())
            .build();
    try {
      index.transact(
          Write.all(
              Write.put(AccountKeys.intent(did), intent, Condition.ABSENT),
              Write.put(AccountKeys.handle(handle), Accounts.claim(did), Condition.ABSENT),
              Write.put(AccountKeys.email(email), Accounts.claim(did), Condition.ABSENT)));
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  /** The refusal that says which of the two is taken. */
  private XrpcException taken(Handle handle, EmailAddress email) {
    return index.get(AccountKeys.handle(handle)).isPresent()
        ? Admission.handleTaken(handle)
        : Admission.emailTaken(email);
  }

  private boolean freeIfAbandoned(Key claim) {
    Optional<Did> claimant = index.get(claim).map(item -> Did.parse(item.requireText("did")));
    Optional<Item> intent = claimant.flatMap(did -> index.get(AccountKeys.intent(did)));
    if (intent.isEmpty() || !isAbandoned(intent.get())) {
      return false;
    }
    undo(claimant.get(), false);
    return index.get(claim).isEmpty();
  }

  /** The write of the transaction that makes the account; it fails once the intent was closed. */
  static Write fulfil(Did did) {
    return Write.delete(AccountKeys.intent(did), Condition.equal("state", OPEN));
  }

  /**
   * Takes back a sign-up; harmless if it was finished or taken back already.
   *
   * @param underWay whether its PLC operation may still be on its way to the directory, in which
   *     case a note stays for {@link #recover} to look again
   */
  void undo(Did did, boolean underWay) {
    Optional<Item> intent = close(did);
    if (intent.isEmpty()) {
      return;
    }
    release(AccountKeys.handle(Handle.parse(intent.get().requireText("handle"))), did);
    release(AccountKeys.email(EmailAddress.parse(intent.get().requireText("email"))), did);
    deleteObjects(did);
    try {
      identities.retire(did);
      if (!underWay) {
        Tid now = Tid.of(clock.instant().toEpochMilli() * 1_000, 0);
        index.batchPut(List.of(new Entry(Remains.note(did, now), Item.EMPTY)));
        index.batchDelete(List.of(AccountKeys.intent(did)));
      }
    } catch (DirectoryException e) {
      // The intent stays closed, and recover tries again.
    }
  }

  /** Bars the account from being made. Empty if it was made, or everything was undone. */
  private Optional<Item> close(Did did) {
    try {
      index.transact(
          Write.all(
              Write.update(
                  AccountKeys.intent(did),
                  Item.builder().text("state", "closed").build(),
                  Condition.PRESENT)));
    } catch (ConditionFailedException e) {
      return Optional.empty();
    }
    return index.get(AccountKeys.intent(did));
  }

  private void release(Key claim, Did did) {
    try {
      index.transact(Write.all(Write.delete(claim, Condition.equal("did", did.text()))));
    } catch (ConditionFailedException e) {
      // Released before, and perhaps somebody else's by now.
    }
  }

  /** A first commit's pack is all there can be: the DID was never anybody's account. */
  private void deleteObjects(Did did) {
    objects
        .list("repos/" + did + "/", null)
        .objects()
        .forEach(listed -> objects.delete(listed.name()));
  }

  /** Takes back every sign-up that was abandoned; for maintenance to call now and then. */
  public void recover() {
    Range range = Range.prefix("did:");
    Page page;
    do {
      page = index.query(Query.forward(AccountKeys.INTENTS, range, PAGE));
      for (Entry entry : page.entries()) {
        if (isAbandoned(entry.item())) {
          undo(Did.parse(entry.key().sort()), false);
        }
        range = range.after(entry.key().sort());
      }
    } while (page.more());
  }

  private boolean isAbandoned(Item intent) {
    Instant opened = Instant.ofEpochMilli(intent.requireNumber("openedAt"));
    return opened.plus(ABANDONED).isBefore(clock.instant());
  }
}

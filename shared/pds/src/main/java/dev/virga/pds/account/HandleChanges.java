package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives accounts other handles.
 *
 * <p>The new handle is reserved first, then the DID is made to claim it, and one transaction does
 * the rest. If that is cut short the owner asks again, which does no harm; if not, the reservation
 * lapses.
 */
public final class HandleChanges {
  private static final Duration RESERVATION = Duration.ofHours(1);

  /** Rounds of lost races for a reservation; a round is lost only when another request won. */
  private static final int MAX_ROUNDS = 5;

  /** Of a claim that is a reservation: the second in which it lapses. */
  private static final String UNTIL = "until";

  private final Index index;
  private final Accounts accounts;
  private final AccountChanges changes;
  private final PlcIdentities identities;
  private final DidResolver dids;
  private final InstantSource clock;

  public HandleChanges(
      Index index,
      Accounts accounts,
      AccountChanges changes,
      PlcIdentities identities,
      DidResolver dids,
      InstantSource clock) {
    this.index = index;
    this.accounts = accounts;
    this.changes = changes;
    this.identities = identities;
    this.dids = dids;
    this.clock = clock;
  }

  /**
   * Makes an account go by a handle that {@link HandlePolicy} accepted, and tells the network, even
   * if it is the one it has.
   *
   * @throws XrpcException 400 InvalidRequest if it is somebody else's, or if the PLC directory
   *     refused; 502 UpstreamFailure if that did not answer
   */
  public Account change(Did did, Handle handle) {
    Account account = accounts.require(did);
    OptionalLong reservation =
        account.handle().equals(handle) ? OptionalLong.empty() : reserve(did, handle);
    if (did.method().equals("plc")) {
      changeIdentity(did, handle, reservation);
    }
    Account changed = changes.change(did, before -> before.withHandle(handle), this::writes);
    dids.forget(did);
    return changed;
  }

  private List<Write> writes(Account before, Account after) {
    List<Write> writes = new ArrayList<>();
    writes.add(changes.identityEvent(after));
    // Even if the handle is the same: another request for it may have made a reservation, which
    // lapses, of the claim meanwhile.
    Condition own = Condition.equal("did", after.did().text());
    writes.add(Write.put(AccountKeys.handle(after.handle()), Accounts.claim(after.did()), own));
    if (!before.handle().equals(after.handle())) {
      writes.add(Write.delete(AccountKeys.handle(before.handle())));
    }
    return writes;
  }

  /**
   * Keeps a handle for an account for a while.
   *
   * @return the second in which that ends; empty if another request has made it the account's, from
   *     which nothing may be taken back
   */
  private OptionalLong reserve(Did did, Handle handle) {
    Key key = AccountKeys.handle(handle);
    Instant until = clock.instant().plus(RESERVATION);
    Condition unchanged = Condition.ABSENT;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      if (tryReserve(did, key, until, unchanged)) {
        return OptionalLong.of(until.getEpochSecond());
      }
      Optional<Item> claim = index.get(key);
      if (claim.isPresent()) {
        boolean own = claim.get().requireText("did").equals(did.text());
        Optional<Long> end = claim.get().number(UNTIL);
        if (own && end.isEmpty()) {
          return OptionalLong.empty();
        }
        if (!own && !hasLapsed(claim.get())) {
          throw Admission.handleTaken(handle);
        }
        // Not just by the holder, who may make it his for good meanwhile.
        unchanged = Condition.equal(UNTIL, end.orElseThrow());
      } else {
        unchanged = Condition.ABSENT;
      }
    }
    throw Admission.handleTaken(handle);
  }

  /** Whether this was a reservation, which the store may keep for a while past its time. */
  private boolean hasLapsed(Item claim) {
    return claim.number(UNTIL).orElse(Long.MAX_VALUE) < clock.instant().getEpochSecond();
  }

  private boolean tryReserve(Did did, Key key, Instant until, Condition condition) {
    Item claim = Accounts.claim(did).toBuilder().number(UNTIL, until.getEpochSecond()).build();
    try {
      index.transact(Write.all(new Write.Put(key, claim, until, condition)));
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  private void changeIdentity(Did did, Handle handle, OptionalLong reservation) {
    try {
      identities.changeHandle(did, handle);
    } catch (DirectoryException e) {
      if (reservation.isPresent() && !e.isOpen()) {
        release(handle, reservation.getAsLong());
      }
      throw e.isOpen()
          ? new XrpcException(502, "UpstreamFailure", "The PLC directory did not answer")
          : XrpcException.invalidRequest("The DID could not be updated: " + e.getMessage());
    }
  }

  /** Gives a reservation back, unless another request has made it the account's, or its own. */
  private void release(Handle handle, long reservation) {
    try {
      index.transact(
          Write.all(Write.delete(AccountKeys.handle(handle), Condition.equal(UNTIL, reservation))));
    } catch (ConditionFailedException e) {
      // Nobody's any more, or somebody else's already.
    }
  }
}

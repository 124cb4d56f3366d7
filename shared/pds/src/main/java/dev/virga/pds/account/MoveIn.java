package dev.virga.pds.account;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Write;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes accounts for DIDs that exist already and live elsewhere; they begin deactivated, in
 * silence, until their owner has moved everything and activates them.
 *
 * <p>Needs no saga: nobody outside is told anything, so one transaction does it all.
 */
public final class MoveIn {
  private final Admission admission;
  private final Accounts accounts;
  private final SigningKeys keys;
  private final ReservedKeys reservedKeys;
  private final DidResolver dids;
  private final NewAccounts newAccounts;
  private final InstantSource clock;

  public MoveIn(
      Admission admission,
      Accounts accounts,
      SigningKeys keys,
      ReservedKeys reservedKeys,
      DidResolver dids,
      NewAccounts newAccounts,
      InstantSource clock) {
    this.admission = admission;
    this.accounts = accounts;
    this.keys = keys;
    this.reservedKeys = reservedKeys;
    this.dids = dids;
    this.newAccounts = newAccounts;
    this.clock = clock;
  }

  /**
   * Makes a deactivated account for a DID whose owner has proved to be asking, and opens its first
   * session.
   *
   * @throws XrpcException 400 as {@link SignUp#signUp}, and UnresolvableDid
   */
  public SignIn.SignedIn moveIn(Did did, Admission.Application application) {
    if (accounts.find(did).isPresent()) {
      throw exists();
    }
    if (accounts.isBeingDeleted(did)) {
      throw leaving();
    }
    requireResolvable(did);
    Admission.Admitted admitted = admission.admit(application, did);
    Instant now = clock.instant();
    Account account = admitted.account(did, new AccountStatus.Deactivated(now, null), null, now);
    List<Write> reservation = new ArrayList<>();
    reservation.add(Write.check(AccountKeys.deletion(did), Condition.ABSENT));
    PrivateKey key = reservedKeys.take(did, reservation).orElseGet(keys::generate);
    try {
      return newAccounts.create(account, key, Condition.ABSENT, reservation);
    } catch (ConditionFailedException e) {
      throw refusal(account, e);
    }
  }

  private void requireResolvable(Did did) {
    try {
      if (dids.refresh(did).isPresent()) {
        return;
      }
    } catch (FetchException e) {
      throw XrpcException.badRequest(
          "UnresolvableDid", "Could not resolve the DID: " + e.getMessage());
    }
    throw XrpcException.badRequest("UnresolvableDid", "Could not resolve the DID");
  }

  private static XrpcException refusal(Account account, ConditionFailedException e) {
    if (e.failedAt(AccountKeys.handle(account.handle()))) {
      return Admission.handleTaken(account.handle());
    }
    if (e.failedAt(AccountKeys.email(account.email()))) {
      return Admission.emailTaken(account.email());
    }
    return e.failedAt(AccountKeys.deletion(account.did())) ? leaving() : exists();
  }

  private static XrpcException leaving() {
    return XrpcException.invalidRequest(
        "The former account of this DID is still being deleted, try again later");
  }

  private static XrpcException exists() {
    return XrpcException.invalidRequest("There is an account of this DID here already");
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes accounts with new DIDs, as the saga that this package's documentation describes. */
public final class SignUp {
  private final Admission admission;
  private final SigningKeys keys;
  private final PlcIdentities identities;
  private final SignUpIntents intents;
  private final NewAccounts newAccounts;
  private final InstantSource clock;

  public SignUp(
      Admission admission,
      SigningKeys keys,
      PlcIdentities identities,
      SignUpIntents intents,
      NewAccounts newAccounts,
      InstantSource clock) {
    this.admission = admission;
    this.keys = keys;
    this.identities = identities;
    this.intents = intents;
    this.newAccounts = newAccounts;
    this.clock = clock;
  }

  /**
   * Makes an account with a DID of its own and opens its first session.
   *
   * @param recoveryKey a rotation key of the owner's, ranking before ours; null for none
   * @throws XrpcException 400 InvalidHandle, HandleNotAvailable, UnsupportedDomain,
   *     InvalidInviteCode, InvalidPassword or InvalidRequest; 502 UpstreamFailure if the PLC
   *     directory refused or did not answer
   */
  public SignIn.SignedIn signUp(
      Admission.Application application, @Nullable PublicKey recoveryKey) {
    Admission.Admitted admitted = admission.admit(application, null);
    PrivateKey key = keys.generate();
    PlcIdentities.Prepared identity =
        identities.prepare(admitted.handle(), key.publicKey(), recoveryKey);
    Account account =
        admitted.account(identity.did(), new AccountStatus.Active(), recoveryKey, clock.instant());
    intents.open(account.did(), account.handle(), account.email());
    register(identity);
    try {
      return newAccounts.create(
          account,
          key,
          Condition.equal("did", account.did().text()),
          List.of(SignUpIntents.fulfil(account.did())));
    } catch (ConditionFailedException e) {
      XrpcException refusal =
          new XrpcException(503, "NotEnoughResources", "Sign-up took too long, please try again");
      takeBack(account.did(), false, refusal);
      throw refusal;
    } catch (RuntimeException e) {
      takeBack(account.did(), false, e);
      throw e;
    }
  }

  private void register(PlcIdentities.Prepared identity) {
    try {
      identities.register(identity);
    } catch (DirectoryException e) {
      XrpcException refusal =
          new XrpcException(502, "UpstreamFailure", "The PLC directory did not take the new DID");
      refusal.addSuppressed(e);
      takeBack(identity.did(), e.isOpen(), refusal);
      throw refusal;
    }
  }

  private void takeBack(Did did, boolean underWay, RuntimeException cause) {
    try {
      intents.undo(did, underWay);
    } catch (RuntimeException e) {
      // What is left is finished by recover; the first failure is the one to report.
      cause.addSuppressed(e);
    }
  }
}

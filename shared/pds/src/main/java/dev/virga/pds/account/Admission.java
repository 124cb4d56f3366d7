package dev.virga.pds.account;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Passwords;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether somebody may have an account here, as far as one can see beforehand; the first
 * step of {@link SignUp} and {@link MoveIn}. Leaves no trace.
 */
public final class Admission {
  /** Stands in for a DID that is not yet known when an invite code is looked at. */
  private static final Did APPLICANT = Did.parse("did:plc:applicant");

  private final Accounts accounts;
  private final HandlePolicy handles;
  private final Passwords passwords;
  private final InviteCodes invites;
  private final boolean inviteRequired;
  private final Set<String> disposableDomains;

  /**
   * The rules.
   *
   * @param inviteRequired whether nobody gets in without a code; if not, codes are not looked at
   */
  public Admission(
      Accounts accounts,
      HandlePolicy handles,
      Passwords passwords,
      InviteCodes invites,
      boolean inviteRequired) {
    this.accounts = accounts;
    this.handles = handles;
    this.passwords = passwords;
    this.invites = invites;
    this.inviteRequired = inviteRequired;
    this.disposableDomains = Set.copyOf(WordList.load("disposable-domains.txt"));
  }

  /** What somebody who wants an account says. */
  public record Application(
      String handle,
      @Nullable String email,
      @Nullable String password,
      @Nullable String inviteCode) {}

  /**
   * An application that nothing speaks against.
   *
   * @param inviteCode the code that will be used up; null if none is needed
   */
  record Admitted(
      Handle handle, EmailAddress email, String passwordHash, @Nullable String inviteCode) {
    Account account(Did did, AccountStatus status, @Nullable PublicKey recoveryKey, Instant now) {
      return new Account(
          did,
          1,
          1,
          handle,
          email,
          null,
          passwordHash,
          status,
          Instant.ofEpochMilli(now.toEpochMilli()),
          inviteCode,
          false,
          recoveryKey == null ? null : recoveryKey.didKey());
    }
  }

  /**
   * Admits or refuses.
   *
   * @param existing the DID of an account that moves here; null for a new one
   * @throws XrpcException 400 InvalidHandle, HandleNotAvailable, UnsupportedDomain,
   *     InvalidInviteCode, InvalidPassword or InvalidRequest
   */
  Admitted admit(Application application, @Nullable Did existing) {
    if (application.email() == null) {
      throw XrpcException.invalidRequest("Email is required");
    }
    if (application.password() == null) {
      throw XrpcException.invalidRequest("Password is required");
    }
    passwords.requireAcceptable(application.password());
    String inviteCode = requireInvite(application.inviteCode());
    EmailAddress email = acceptEmail(application.email());
    Handle handle = handles.accept(application.handle(), existing);
    requireFree(handle, email);
    return new Admitted(handle, email, passwords.hash(application.password()), inviteCode);
  }

  private @Nullable String requireInvite(@Nullable String code) {
    if (!inviteRequired) {
      return null;
    }
    if (code == null || code.isBlank()) {
      throw XrpcException.badRequest("InvalidInviteCode", "No invite code provided");
    }
    var _ = invites.use(code.strip(), APPLICANT);
    return code.strip();
  }

  private void requireFree(Handle handle, EmailAddress email) {
    if (accounts.find(handle).isPresent()) {
      throw handleTaken(handle);
    }
    if (accounts.find(email).isPresent()) {
      throw emailTaken(email);
    }
  }

  /**
   * Reads an address that somebody wants to be reached at.
   *
   * @throws XrpcException 400 InvalidRequest if it is malformed or a throw-away address
   */
  public EmailAddress acceptEmail(String text) {
    Optional<EmailAddress> email;
    try {
      email = Optional.of(EmailAddress.parse(text));
    } catch (SyntaxException e) {
      email = Optional.empty();
    }
    return email
        .filter(address -> !disposableDomains.contains(address.domain()))
        .orElseThrow(
            () ->
                XrpcException.invalidRequest(
                    "This email address is not supported, please use a different email."));
  }

  static XrpcException handleTaken(Handle handle) {
    return XrpcException.invalidRequest("Handle already taken: " + handle);
  }

  static XrpcException emailTaken(EmailAddress email) {
    return XrpcException.invalidRequest("Email already taken: " + email);
  }
}

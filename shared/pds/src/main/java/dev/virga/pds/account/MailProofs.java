package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.MailTokens.Purpose;
import dev.virga.pds.auth.Passwords;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of accounts that a token out of the mailbox allows; each uses up its token in the
 * transaction that makes the change.
 */
public final class MailProofs {
  private final Accounts accounts;
  private final AccountChanges changes;
  private final EmailChanges emails;
  private final MailTokens tokens;
  private final Passwords passwords;
  private final InstantSource clock;

  public MailProofs(
      Accounts accounts,
      AccountChanges changes,
      EmailChanges emails,
      MailTokens tokens,
      Passwords passwords,
      InstantSource clock) {
    this.accounts = accounts;
    this.changes = changes;
    this.emails = emails;
    this.tokens = tokens;
    this.passwords = passwords;
    this.clock = clock;
  }

  /**
   * Notes that an account's address is its owner's.
   *
   * @param email which the owner takes to be the account's
   * @throws XrpcException 400 InvalidEmail if it is not, InvalidToken, ExpiredToken; 403
   *     AccountNotFound
   */
  public Account confirmEmail(Did did, String email, String token) {
    return changes.change(
        did,
        account -> {
          if (!email.strip().equalsIgnoreCase(account.email().text())) {
            throw XrpcException.badRequest("InvalidEmail", "Invalid email");
          }
          return account.withEmailConfirmed(clock.instant());
        },
        (before, after) -> tokens.use(before, Purpose.CONFIRM_EMAIL, token));
  }

  /**
   * Gives an account another address.
   *
   * @param token needed if the one it has was confirmed, and else not looked at
   * @throws XrpcException 400 TokenRequired, InvalidToken, ExpiredToken, or InvalidRequest if the
   *     address is somebody else's; 403 AccountNotFound
   */
  public Account updateEmail(Did did, EmailAddress email, @Nullable String token) {
    return emails.change(
        did,
        email,
        (before, after) -> {
          if (!before.emailConfirmed()) {
            return List.of();
          }
          if (token == null) {
            throw XrpcException.badRequest("TokenRequired", "Confirmation token required");
          }
          return tokens.use(before, Purpose.UPDATE_EMAIL, token);
        });
  }

  /**
   * Sets another password and ends all sessions.
   *
   * @throws XrpcException 400 InvalidPassword or InvalidRequest for the password, InvalidToken,
   *     ExpiredToken
   */
  public void resetPassword(String token, String password) {
    passwords.requireAcceptable(password);
    Did did = tokens.resetting(token);
    // Before the expensive hash; the transaction looks again.
    tokens.require(
        accounts.find(did).orElseThrow(MailTokens::invalid), Purpose.RESET_PASSWORD, token);
    String hash = passwords.hash(password);
    changes.change(
        did,
        account -> account.withPassword(hash),
        (before, after) -> tokens.use(before, Purpose.RESET_PASSWORD, token));
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.account.MailTokens.Purpose;
import dev.virga.pds.mail.Letters;
import dev.virga.pds.mail.Mail;
import dev.virga.pds.mail.MailException;
import dev.virga.pds.mail.Mailer;

/** Mails accounts the tokens that they ask for. */
public final class TokenMails {
  private final MailTokens tokens;
  private final Letters letters;
  private final Mailer mailer;

  public TokenMails(MailTokens tokens, Letters letters, Mailer mailer) {
    this.tokens = tokens;
    this.letters = letters;
    this.mailer = mailer;
  }

  /**
   * Makes a token, which ends the one before it, and sends it to the account's address.
   *
   * @throws MailException if the mail server did not take the mail
   */
  public void send(Account account, Purpose purpose) {
    mailer.send(letter(account, purpose, tokens.create(account, purpose)));
  }

  private Mail letter(Account account, Purpose purpose, String token) {
    String to = account.email().text();
    Handle handle = account.handle();
    return switch (purpose) {
      case CONFIRM_EMAIL -> letters.confirmEmail(to, handle, token);
      case UPDATE_EMAIL -> letters.updateEmail(to, handle, token);
      case RESET_PASSWORD -> letters.resetPassword(to, handle, token);
      case DELETE_ACCOUNT -> letters.deleteAccount(to, handle, token);
      case PLC_OPERATION -> letters.plcOperation(to, handle, token);
    };
  }
}

package dev.virga.pds.mail;

import dev.virga.atproto.syntax.SyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A mail as handed to a {@link Mailer}.
 *
 * @param to one address, nothing around it
 * @param subject one line in any script
 * @param text the whole of it for readers of plain text
 * @param html the whole of it once more, a complete document
 * @param kind which of the server's two senders it comes from
 */
public record Mail(
    String to, String subject, String text, String html, Purpose purpose, Kind kind) {
  /** What a mail is about. */
  public enum Purpose {
    CONFIRM_EMAIL,
    UPDATE_EMAIL,
    RESET_PASSWORD,
    DELETE_ACCOUNT,
    PLC_OPERATION,
    /** Written by the operator or a moderator. */
    MESSAGE;

    /** As tokens are filed under, e.g. {@code confirm_email}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Who writes. */
  public enum Kind {
    /** The server itself. */
    SERVICE,
    /** Its moderators. */
    MODERATION
  }

  private static final int MAX_ADDRESS = 254;
  private static final int MAX_SUBJECT = 500;

  /** Nothing that could end the address, or begin another: RFC 5321 §4.1.2 without quoting. */
  private static final Pattern ADDRESS =
      Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");

  /**
   * Checks what becomes headers.
   *
   * @throws SyntaxException if the address is not one, or the subject is not one line
   */
  public Mail {
    if (to.length() > MAX_ADDRESS || !ADDRESS.matcher(to).matches()) {
      throw new SyntaxException("not an e-mail address");
    }
    if (subject.length() > MAX_SUBJECT || subject.codePoints().anyMatch(Mail::breaksLines)) {
      throw new SyntaxException("a subject is one line of at most " + MAX_SUBJECT + " characters");
    }
  }

  private static boolean breaksLines(int c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
  }

  /** Not the text: it may hold a token. */
  @Override
  public String toString() {
    return "Mail[" + purpose.text() + "]";
  }
}

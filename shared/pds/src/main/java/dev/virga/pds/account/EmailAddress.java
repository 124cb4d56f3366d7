package dev.virga.pds.account;

import dev.virga.atproto.syntax.SyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An e-mail address, in lower case so that one mailbox counts once.
 *
 * <p>Only the plain form is accepted: no quoted local part, no address literal, a domain of at
 * least two labels. Source: RFC 5321 §4.1.2, §4.5.3.1.
 */
public record EmailAddress(String text) {
  private static final int MAX_LENGTH = 254;
  private static final int MAX_LOCAL = 64;

  private static final Pattern SYNTAX =
      Pattern.compile(
          "[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
              + "@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]");

  public EmailAddress {
    text = text.length() > MAX_LENGTH ? "" : text.toLowerCase(Locale.ROOT);
    if (text.indexOf('@') > MAX_LOCAL || !SYNTAX.matcher(text).matches()) {
      throw new SyntaxException("not an e-mail address");
    }
  }

  /**
   * Reads an address in any case.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static EmailAddress parse(String text) {
    return new EmailAddress(text.strip());
  }

  /** What follows the at sign. */
  public String domain() {
    return text.substring(text.indexOf('@') + 1);
  }

  @Override
  public String toString() {
    return text;
  }
}

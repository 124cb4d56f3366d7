package dev.virga.pds.mail;

/** A mail that the mail server did not take, or could not be asked to. */
public final class MailException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MailException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.virga.pds.mail;

/** Sends mails. */
@FunctionalInterface
public interface Mailer {
  /**
   * Hands a mail over; returns when it was taken, which does not mean that it has arrived.
   *
   * @throws MailException if it was not taken
   */
  void send(Mail mail);
}

package dev.virga.pds.mail;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes mails to the log, tokens and all: the mailbox of a server without a mail server. */
final class LogMailer implements Mailer {
  private static final Logger LOG = LoggerFactory.getLogger(LogMailer.class);

  @Override
  public void send(Mail mail) {
    LOG.info("No mail server; to {}: {}\n{}", mail.to(), mail.subject(), mail.text());
  }
}

package dev.virga.pds.mail;

import dev.virga.pds.config.Sender;
import dev.virga.pds.config.SmtpServer;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * Sends each mail over a connection of its own to a mail server.
 *
 * <p>The SMTP library is not loaded before there is a mail: that would cost every start of a
 * function that sends none.
 */
final class SmtpMailer implements Mailer {
  private final SmtpServer server;
  private final Sender from;
  private final String hostname;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * A mailer.
   *
   * @param hostname of ours, by which we greet
   */
  SmtpMailer(
      SmtpServer server, Sender from, String hostname, InstantSource clock, SecureRandom random) {
    this.server = server;
    this.from = from;
    this.hostname = hostname;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void send(Mail mail) {
    new SmtpDelivery(server, from, hostname, clock.instant(), random).deliver(mail);
  }
}

package dev.virga.pds.mail;

import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.config.Sender;
import dev.virga.pds.config.SmtpServer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Sends every mail the way the configuration wants: by SMTP; without it, to a page on a laptop, or
 * else to the log. Moderators' mails have a way of their own if one is configured.
 */
public final class PostOffice implements Mailer {
  private final Mailer service;
  private final Mailer moderation;
  private final Optional<DevMailbox> devMailbox;

  /** The way mails go; nothing is connected to yet. */
  public PostOffice(PdsConfig config, InstantSource clock, SecureRandom random) {
    PdsConfig.Mail mail = config.mail();
    String hostname = config.service().hostname();
    devMailbox =
        config.service().devMode() && mail.smtp().isEmpty()
            ? Optional.of(new DevMailbox(clock))
            : Optional.empty();
    Mailer unsent = devMailbox.<Mailer>map(box -> box).orElseGet(LogMailer::new);
    service = smtp(mail.smtp(), mail.from(), hostname, clock, random).orElse(unsent);
    moderation =
        smtp(
                mail.moderationSmtp().or(mail::smtp),
                mail.moderationFrom().or(mail::from),
                hostname,
                clock,
                random)
            .orElse(unsent);
  }

  private static Optional<Mailer> smtp(
      Optional<SmtpServer> server,
      Optional<Sender> from,
      String hostname,
      InstantSource clock,
      SecureRandom random) {
    return server.flatMap(
        to -> from.map(sender -> new SmtpMailer(to, sender, hostname, clock, random)));
  }

  @Override
  public void send(Mail mail) {
    switch (mail.kind()) {
      case SERVICE -> service.send(mail);
      case MODERATION -> moderation.send(mail);
    }
  }

  /** Where mails can be looked at; only in development mode without an SMTP server. */
  public Optional<DevMailbox> devMailbox() {
    return devMailbox;
  }
}

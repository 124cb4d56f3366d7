package dev.virga.pds.mail;

import dev.virga.pds.config.Sender;
import dev.virga.pds.config.SmtpServer;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Properties;

/** One mail on its way by SMTP, a part of {@link SmtpMailer}: all that the library is used for. */
final class SmtpDelivery {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);
  private static final int ID_BYTES = 16;

  private final SmtpServer server;
  private final Sender from;
  private final String hostname;
  private final Instant now;
  private final SecureRandom random;

  SmtpDelivery(SmtpServer server, Sender from, String hostname, Instant now, SecureRandom random) {
    this.server = server;
    this.from = from;
    this.hostname = hostname;
    this.now = now;
    this.random = random;
  }

  void deliver(Mail mail) {
    Session session = Session.getInstance(properties());
    try (Transport transport = session.getTransport(protocol())) {
      MimeMessage message = message(session, mail);
      if (server.login().isPresent()) {
        SmtpServer.Login login = server.login().get();
        transport.connect(server.host(), server.port(), login.user(), login.password().text());
      } else {
        transport.connect(server.host(), server.port(), null, null);
      }
      transport.sendMessage(message, message.getAllRecipients());
    } catch (MessagingException | UnsupportedEncodingException e) {
      throw new MailException("The mail server did not take a mail: " + server.host(), e);
    }
  }

  private String protocol() {
    return server.tls() == SmtpServer.Tls.AT_ONCE ? "smtps" : "smtp";
  }

  private Properties properties() {
    String prefix = "mail." + protocol() + ".";
    Properties properties = new Properties();
    properties.setProperty(prefix + "localhost", hostname);
    properties.setProperty(prefix + "auth", String.valueOf(server.login().isPresent()));
    properties.setProperty(prefix + "connectiontimeout", millis(CONNECT_TIMEOUT));
    properties.setProperty(prefix + "timeout", millis(ANSWER_TIMEOUT));
    properties.setProperty(prefix + "writetimeout", millis(ANSWER_TIMEOUT));
    properties.setProperty(prefix + "quitwait", "false"); // the mail was taken by then
    switch (server.tls()) {
      case REQUIRED -> {
        properties.setProperty(prefix + "starttls.enable", "true");
        properties.setProperty(prefix + "starttls.required", "true");
      }
      case IF_OFFERED -> properties.setProperty(prefix + "starttls.enable", "true");
      case AT_ONCE, NEVER -> {}
    }
    properties.setProperty(prefix + "ssl.checkserveridentity", String.valueOf(server.verified()));
    if (!server.verified()) {
      properties.setProperty(prefix + "ssl.trust", "*");
    }
    return properties;
  }

  private static String millis(Duration time) {
    return String.valueOf(time.toMillis());
  }

  private MimeMessage message(Session session, Mail mail)
      throws MessagingException, UnsupportedEncodingException {
    MimeMessage message = new Named(session, messageId());
    message.setFrom(new InternetAddress(from.address(), from.name().orElse(null), "UTF-8"));
    InternetAddress to = new InternetAddress();
    to.setAddress(mail.to()); // as it is: it was checked, and must not be parsed into several
    message.setRecipient(Message.RecipientType.TO, to);
    message.setSubject(mail.subject(), "UTF-8");
    message.setSentDate(Date.from(now));
    message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no holiday answers, please
    MimeMultipart alternatives = new MimeMultipart("alternative");
    alternatives.addBodyPart(part(mail.text(), "plain"));
    alternatives.addBodyPart(part(mail.html(), "html"));
    message.setContent(alternatives);
    message.saveChanges();
    return message;
  }

  private static MimeBodyPart part(String content, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(content, "UTF-8", subtype);
    return part;
  }

  private String messageId() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return "<" + HexFormat.of().formatHex(id) + "@" + hostname + ">";
  }

  /** A message with an id of ours; the library would look up this machine's name for its own. */
  private static final class Named extends MimeMessage {
    private final String id;

    Named(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}

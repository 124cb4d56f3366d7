package dev.virga.pds.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.config.Sender;
import dev.virga.pds.config.SmtpServer;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SmtpMailerTest {
  private static final Sender FROM = Sender.parse("Wölkchen, \"PDS\" ☁ <pds@pds.example.com>");

  private static SSLContext tls;

  @BeforeAll
  static void makeCertificate() throws Exception {
    tls = TestCertificate.context();
  }

  private static Mailer mailer(SmtpSink sink, String user, String options) {
    SmtpServer server = SmtpServer.parse("smtp://" + user + "localhost:" + sink.port() + options);
    return mailer(server);
  }

  private static Mailer mailer(SmtpServer server) {
    return new SmtpMailer(server, FROM, "pds.example.com", new FakeClock(), new SeededRandom(1));
  }

  private static Mail mail(String to, String subject, String text, String html) {
    return new Mail(to, subject, text, html, Mail.Purpose.CONFIRM_EMAIL, Mail.Kind.SERVICE);
  }

  private static MimeMessage parse(SmtpSink.Arrived arrived) throws Exception {
    return new MimeMessage(
        Session.getInstance(new Properties()),
        new ByteArrayInputStream(arrived.content().getBytes(StandardCharsets.UTF_8)));
  }

  private static String part(MimeMessage message, int index) throws Exception {
    Object content = ((Multipart) message.getContent()).getBodyPart(index).getContent();
    return ((String) content).replace("\r\n", "\n");
  }

  @Test
  void aMailArrivesAsItWasWritten() throws Exception {
    String text = "Grüße,\n.\n..\n.dot\n\nQUIT\n" + "long ".repeat(500) + "\nend ☁";
    String html = "<p>.</p>\n.\n<b>Grüße ☁</b>" + "x".repeat(5000);
    String subject = "Bestätige deine Adresse ☁ " + "lang ".repeat(40).strip();
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      mailer(sink, "", "").send(mail("alice@example.org", subject, text, html));

      SmtpSink.Arrived arrived = sink.mails.getFirst();
      assertThat(arrived.from()).isEqualTo("pds@pds.example.com");
      assertThat(arrived.to()).containsExactly("alice@example.org");
      assertThat(sink.commands).first().isEqualTo("EHLO pds.example.com");
      MimeMessage message = parse(arrived);
      assertThat(message.getSubject()).isEqualTo(subject);
      assertThat(((InternetAddress) message.getFrom()[0]).getPersonal())
          .isEqualTo("Wölkchen, \"PDS\" ☁");
      assertThat(message.getAllRecipients())
          .extracting(Object::toString)
          .containsExactly("alice@example.org");
      assertThat(message.getSentDate()).isEqualTo(new FakeClock().instant());
      assertThat(message.getMessageID()).matches("<[0-9a-f]{32}@pds\\.example\\.com>");
      assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(message.getContentType()).startsWith("multipart/alternative");
      assertThat(part(message, 0)).isEqualTo(text);
      assertThat(part(message, 1)).isEqualTo(html);
      assertThat(arrived.content().lines()).allMatch(line -> line.length() <= 998);
      assertThat(arrived.content()).as("only ASCII on the wire").matches("\\p{ASCII}*");
    }
  }

  @Test
  void aLineOfADotDoesNotEndAPlainMail() throws Exception {
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      mailer(sink, "", "").send(mail("a@b.example", "x", ".\n.a\n..\nb", "<p>\n.\n</p>"));
      MimeMessage message = parse(sink.mails.getFirst());
      assertThat(part(message, 0)).isEqualTo(".\n.a\n..\nb");
      assertThat(part(message, 1)).isEqualTo("<p>\n.\n</p>");
    }
  }

  @Test
  void textCannotAddHeaders() throws Exception {
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      mailer(sink, "", "")
          .send(mail("a@b.example", "=?UTF-8?Q?x=0D=0ABcc:_c@d.example?=", "Bcc: e@f.g\n\nx", ""));
      SmtpSink.Arrived arrived = sink.mails.getFirst();
      assertThat(arrived.to()).containsExactly("a@b.example");
      assertThat(parse(arrived).getHeader("Bcc")).isNull();
    }
  }

  @Test
  void credentialsOfAnyCharactersArePassedOn() throws Exception {
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      mailer(sink, "a%40b.example:p%40s%3As%2F%25ü@", "").send(mail("a@b.example", "x", "x", "x"));
      String login =
          sink.commands.stream().filter(line -> line.startsWith("AUTH PLAIN ")).findFirst().get();
      byte[] said = Base64.getDecoder().decode(login.substring("AUTH PLAIN ".length()));
      assertThat(new String(said, StandardCharsets.UTF_8)).endsWith("\0a@b.example\0p@s:s/%ü");
      assertThat(sink.mails).hasSize(1);
    }
  }

  @Test
  void withoutCredentialsNoneAreSent() throws Exception {
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      mailer(sink, "", "").send(mail("a@b.example", "x", "x", "x"));
      assertThat(sink.commands).noneMatch(command -> command.startsWith("AUTH"));
    }
  }

  @Test
  void eachRefusalIsAMailException() throws Exception {
    for (String command : new String[] {"EHLO", "AUTH", "MAIL", "RCPT", "DATA"}) {
      SmtpSink.Manners manners = SmtpSink.Manners.PLAIN.refusing(command);
      try (SmtpSink sink = new SmtpSink(manners)) {
        String user = command.equals("AUTH") ? "user:hunter2@" : "";
        Mail mail = mail("a@b.example", "x", "x", "x");
        if (command.equals("EHLO")) {
          mailer(sink, user, "").send(mail); // HELO is good enough
        } else {
          assertThatThrownBy(() -> mailer(sink, user, "").send(mail))
              .isInstanceOf(MailException.class)
              .hasStackTraceContaining("554")
              .hasMessageNotContaining("hunter2");
        }
      }
    }
  }

  @Test
  void aServerThatIsNotThereIsAMailException() throws Exception {
    int port;
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      port = sink.port();
    }
    assertThatThrownBy(
            () ->
                mailer(SmtpServer.parse("smtp://localhost:" + port))
                    .send(mail("a@b.example", "x", "x", "x")))
        .isInstanceOf(MailException.class);
  }

  @Test
  void aServerWithoutTheNeededTlsGetsNothing() throws Exception {
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      assertThatThrownBy(
              () ->
                  mailer(sink, "user:hunter2@", "/?requireTLS=true")
                      .send(mail("a@b.example", "x", "x", "x")))
          .isInstanceOf(MailException.class);
      assertThat(sink.commands).noneMatch(command -> command.startsWith("AUTH"));
      assertThat(sink.mails).isEmpty();
    }
  }

  @Test
  void tlsIsUsedWhenOfferedAndAtOnce() throws Exception {
    for (boolean atOnce : new boolean[] {false, true}) {
      SmtpSink.Manners manners = new SmtpSink.Manners(tls, atOnce, !atOnce, "-");
      try (SmtpSink sink = new SmtpSink(manners)) {
        String scheme = atOnce ? "smtps" : "smtp";
        String url = scheme + "://u:p@localhost:" + sink.port() + "/?tls.rejectUnauthorized=false";
        mailer(SmtpServer.parse(url)).send(mail("a@b.example", "x", "x", "x"));
        assertThat(sink.mails).singleElement().matches(SmtpSink.Arrived::encrypted);
      }
    }
  }

  @Test
  void aCertificateOfNobodyIsRefusedBeforeCredentialsAreSent() throws Exception {
    for (boolean atOnce : new boolean[] {false, true}) {
      SmtpSink.Manners manners = new SmtpSink.Manners(tls, atOnce, !atOnce, "-");
      try (SmtpSink sink = new SmtpSink(manners)) {
        String url = (atOnce ? "smtps" : "smtp") + "://u:p@localhost:" + sink.port();
        assertThatThrownBy(
                () -> mailer(SmtpServer.parse(url)).send(mail("a@b.example", "x", "x", "x")))
            .isInstanceOf(MailException.class);
        assertThat(sink.mails).isEmpty();
        assertThat(sink.commands).noneMatch(command -> command.startsWith("AUTH"));
      }
    }
  }
}

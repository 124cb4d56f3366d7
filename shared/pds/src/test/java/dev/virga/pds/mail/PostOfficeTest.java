package dev.virga.pds.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class PostOfficeTest {
  private static PostOffice office(String... settings) {
    return new PostOffice(Configs.with(settings), new FakeClock(), new SeededRandom(1));
  }

  private static Mail mail(Mail.Kind kind) {
    return new Mail("a@b.example", "x", "x", "x", Mail.Purpose.MESSAGE, kind);
  }

  @Test
  void aLaptopShowsItsMails() {
    PostOffice office = office();
    office.send(mail(Mail.Kind.SERVICE));
    office.send(mail(Mail.Kind.MODERATION));
    assertThat(office.devMailbox().orElseThrow().all()).hasSize(2);
  }

  @Test
  void aServerWithoutSmtpLogsItsMailsAndShowsNone() {
    PostOffice office = office("PDS_HOSTNAME", "pds.example.com");
    office.send(mail(Mail.Kind.SERVICE));
    assertThat(office.devMailbox()).isEmpty();
  }

  @Test
  void eachKindOfMailGoesItsWay() throws Exception {
    try (SmtpSink service = new SmtpSink(SmtpSink.Manners.PLAIN);
        SmtpSink moderation = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      PostOffice office =
          office(
              "PDS_EMAIL_SMTP_URL",
              "smtp://localhost:" + service.port(),
              "PDS_EMAIL_FROM_ADDRESS",
              "pds@example.com",
              "PDS_MODERATION_EMAIL_SMTP_URL",
              "smtp://localhost:" + moderation.port(),
              "PDS_MODERATION_EMAIL_ADDRESS",
              "mods@example.com");
      assertThat(office.devMailbox()).isEmpty();
      office.send(mail(Mail.Kind.SERVICE));
      office.send(mail(Mail.Kind.MODERATION));
      assertThat(service.mails)
          .extracting(SmtpSink.Arrived::from)
          .containsExactly("pds@example.com");
      assertThat(moderation.mails)
          .extracting(SmtpSink.Arrived::from)
          .containsExactly("mods@example.com");
    }
  }

  @Test
  void moderatorsWithoutAWayOfTheirOwnTakeTheServers() throws Exception {
    try (SmtpSink sink = new SmtpSink(SmtpSink.Manners.PLAIN)) {
      office(
              "PDS_EMAIL_SMTP_URL",
              "smtp://localhost:" + sink.port(),
              "PDS_EMAIL_FROM_ADDRESS",
              "pds@example.com")
          .send(mail(Mail.Kind.MODERATION));
      assertThat(sink.mails).extracting(SmtpSink.Arrived::from).containsExactly("pds@example.com");
    }
  }

  /** Loads our classes anew, and the mail library not at all. */
  private static final class WithoutLibrary extends ClassLoader {
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("jakarta.") || name.startsWith("org.eclipse.angus.")) {
        throw new ClassNotFoundException("hidden: " + name);
      }
      if (!name.startsWith("dev.virga.pds.mail.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = PostOfficeTest.class.getClassLoader().getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void theMailLibraryIsNotLoadedBeforeThereIsAMail() throws Exception {
    PdsConfig config =
        Configs.with(
            "PDS_EMAIL_SMTP_URL", "smtp://localhost:1",
            "PDS_EMAIL_FROM_ADDRESS", "pds@example.com");
    Class<?> type = new WithoutLibrary().loadClass(PostOffice.class.getName());
    Object office =
        type.getConstructor(PdsConfig.class, InstantSource.class, SecureRandom.class)
            .newInstance(config, new FakeClock(), new SeededRandom(1));
    assertThat(office.getClass()).isNotSameAs(PostOffice.class);
    Class<?> mailer = type.getClassLoader().loadClass(SmtpMailer.class.getName());
    assertThat(mailer.getDeclaredFields()).isNotEmpty();
    assertThatThrownBy(
            () ->
                type.getClassLoader().loadClass(SmtpDelivery.class.getName()).getDeclaredMethods())
        .isInstanceOf(NoClassDefFoundError.class);
  }
}

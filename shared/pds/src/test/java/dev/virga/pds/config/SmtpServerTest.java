package dev.virga.pds.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SmtpServerTest {
  @ParameterizedTest
  @CsvSource({
    "smtp://mail.example, mail.example, 587, IF_OFFERED",
    "SMTP://mail.example:25/, mail.example, 25, IF_OFFERED",
    "smtps://mail.example, mail.example, 465, AT_ONCE",
    "smtps://u:p@mail.example:2465/?x=y, mail.example, 2465, AT_ONCE",
    "smtp://u:p@mail.example, mail.example, 587, REQUIRED",
    "smtp://u:p@localhost:1025, localhost, 1025, IF_OFFERED",
    "smtp://u:p@127.0.0.1:1025, 127.0.0.1, 1025, IF_OFFERED",
    "smtp://u:p@[::1]:1025, ::1, 1025, IF_OFFERED",
    "smtp://[2001:db8::1], 2001:db8::1, 587, IF_OFFERED",
    "smtp://mail.example?requireTLS=true, mail.example, 587, REQUIRED",
    "smtp://u:p@mail.example/?pool=true&ignoreTLS=true, mail.example, 587, NEVER",
  })
  void aUrlSaysWhereAndHow(String url, String host, int port, SmtpServer.Tls tls) {
    SmtpServer server = SmtpServer.parse(url);
    assertThat(server.host()).isEqualTo(host);
    assertThat(server.port()).isEqualTo(port);
    assertThat(server.tls()).isEqualTo(tls);
    assertThat(server.verified()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "smtps://user:pass@mail.example, user, pass",
    "smtps://user:p%40s%3As%2F%25%20+@mail.example, user, p@s:s/% +",
    "smtps://pds@example.com:p@ss:w/rd?#@mail.example, pds@example.com, p@ss:w/rd?#",
    "smtps://a%C3%BC:%e2%82%ac@mail.example, aü, €",
    "smtps://user:50%@mail.example, user, 50%",
    "smtps://user:100%zz@mail.example, user, 100%zz",
    "smtps://user@mail.example, user, ''",
  })
  void credentialsMayHaveAnyCharacters(String url, String user, String password) {
    SmtpServer server = SmtpServer.parse(url);
    assertThat(server.host()).isEqualTo("mail.example");
    assertThat(server.login().orElseThrow().user()).isEqualTo(user);
    assertThat(server.login().orElseThrow().password().text()).isEqualTo(password);
  }

  @Test
  void withoutCredentialsThereIsNoLogin() {
    assertThat(SmtpServer.parse("smtp://mail.example").login()).isEmpty();
    assertThat(SmtpServer.parse("smtp://@mail.example").login()).isEmpty();
  }

  @Test
  void aCertificateMayBeLeftUnchecked() {
    assertThat(SmtpServer.parse("smtps://h.example/?tls.rejectUnauthorized=false").verified())
        .isFalse();
  }

  @Test
  void aPasswordDoesNotShow() {
    assertThat(SmtpServer.parse("smtps://user:hunter2@mail.example").toString())
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mail.example",
        "http://user:hunter2@mail.example",
        "smtp:user:hunter2@mail.example",
        "smtp://",
        "smtp://user:hunter2@",
        "smtp://user:hunter2@/",
        "smtp://user:hunter2@mail.example:0",
        "smtp://user:hunter2@mail.example:65536",
        "smtp://user:hunter2@mail.example:smtp",
        "smtp://user:hunter2@mail.example:",
        "smtp://user:hunter2@mail example",
        "smtp://user:hunter2%0d%0aDATA@mail.example",
        "smtp://user:hunter2@-mail.example",
        "smtp://user:hunter2@[::1",
        "smtp://user:hunter2@[mail.example]:25",
      })
  void whatIsNoMailServerIsRefusedWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> SmtpServer.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hunter2");
  }
}

package dev.virga.pds.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MailTest {
  private static Mail mail(String to, String subject) {
    return new Mail(to, subject, "secret", "secret", Mail.Purpose.MESSAGE, Mail.Kind.SERVICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@b.example", "a.b+c@localhost", "o'neil@b.example", "a@1.2.3.4"})
  void anAddressIsPlain(String to) {
    assertThat(mail(to, "x").to()).isEqualTo(to);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a@",
        "@b.example",
        "a@b@c.example",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "A <a@b.example>",
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "a@b.example\nBcc: c@d.example",
        "a@b.example\u0000",
        "a b@c.example",
        "ü@b.example",
        "a@bü.example",
        "\"a\"@b.example",
        "a@[127.0.0.1]",
      })
  void anAddressCannotBecomeAnotherOrAHeader(String to) {
    assertThatThrownBy(() -> mail(to, "x")).isInstanceOf(SyntaxException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nBcc: c@d.example", "a\nb", "a\rb", "a\u0000", "a\u0085b", "a\u2028b"})
  void aSubjectCannotBecomeAHeader(String subject) {
    assertThatThrownBy(() -> mail("a@b.example", subject)).isInstanceOf(SyntaxException.class);
  }

  @Test
  void lengthsAreBounded() {
    assertThatThrownBy(() -> mail("a@b.example", "x".repeat(501)))
        .isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> mail("a".repeat(250) + "@b.example", "x"))
        .isInstanceOf(SyntaxException.class);
  }

  @Test
  void aMailDoesNotShowItsTokens() {
    assertThat(mail("a@b.example", "x").toString()).isEqualTo("Mail[message]");
  }
}

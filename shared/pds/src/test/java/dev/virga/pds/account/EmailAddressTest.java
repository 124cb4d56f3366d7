package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b.org",
        "first.last+tag@sub.example.org",
        "o'neill@example.co.uk",
        "a@xn--bcher-kva.example.com",
        " a@b.org "
      })
  void readsPlainAddresses(String text) {
    assertThat(EmailAddress.parse(text).text()).isEqualTo(text.strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a@",
        "@b.org",
        "a@b",
        "a@b.o",
        "a@b..org",
        "a..b@c.org",
        ".a@b.org",
        "a.@b.org",
        "a b@c.org",
        "a@b@c.org",
        "\"a\"@b.org",
        "a@[127.0.0.1]",
        "a@-b.org",
        "a@b.org\r\nBcc: c@d.org",
        "a@b.123",
        "ä@b.org",
        "a@b.org,c@d.org",
        "<a@b.org>"
      })
  void refusesOthers(String text) {
    assertThatThrownBy(() -> EmailAddress.parse(text)).isInstanceOf(SyntaxException.class);
  }

  @Test
  void refusesOverlongAddresses() {
    assertThat(EmailAddress.parse("x".repeat(64) + "@b.org")).isNotNull();
    assertThatThrownBy(() -> EmailAddress.parse("x".repeat(65) + "@b.org"))
        .isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> EmailAddress.parse("a@" + "b.".repeat(130) + "org"))
        .isInstanceOf(SyntaxException.class);
  }

  @Test
  void caseMakesNoDifference() {
    assertThat(EmailAddress.parse("A@B.org")).isEqualTo(EmailAddress.parse("a@b.ORG"));
    assertThat(EmailAddress.parse("A@B.org").domain()).isEqualTo("b.org");
  }
}

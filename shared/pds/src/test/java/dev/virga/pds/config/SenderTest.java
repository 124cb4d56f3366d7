package dev.virga.pds.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SenderTest {
  @Test
  void aSenderIsAnAddress() {
    assertThat(Sender.parse(" pds@example.com "))
        .isEqualTo(new Sender(Optional.empty(), "pds@example.com"));
    assertThat(Sender.parse("pds@localhost").address()).isEqualTo("pds@localhost");
    assertThat(Sender.parse("<pds@example.com>").name()).isEmpty();
  }

  @Test
  void aSenderMayHaveAName() {
    assertThat(Sender.parse("My PDS <pds@example.com>"))
        .isEqualTo(new Sender(Optional.of("My PDS"), "pds@example.com"));
    assertThat(Sender.parse("\"Wolke, \\\"grau\\\" ☁\" <pds@example.com>").name())
        .contains("Wolke, \"grau\" ☁");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pds",
        "@example.com",
        "pds@",
        "a@b@c.example",
        "a@b.example, c@d.example",
        "a b@c.example",
        "A <a@b.example> B",
        "A <a@b.example",
        "a@b.example\r\nBcc: c@d.example",
        "A\u0007 <a@b.example>",
        "A\r\nBcc: x <a@b.example>",
      })
  void allElseIsRefused(String text) {
    assertThatThrownBy(() -> Sender.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

package dev.virga.atproto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DidWebTest {
  @ParameterizedTest
  @CsvSource({
    "did:web:example.com, https://example.com/.well-known/did.json",
    "did:web:a.b.example.com, https://a.b.example.com/.well-known/did.json",
    "did:web:localhost, http://localhost/.well-known/did.json",
    "did:web:localhost%3A2583, http://localhost:2583/.well-known/did.json"
  })
  void knowsWhereTheDocumentIs(String did, String uri) {
    assertThat(DidWeb.documentUri(Did.parse(did))).hasToString(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
        "did:web:example.com:user:alice",
        "did:web:example.com%3A8080",
        "did:web:127.0.0.1",
        "did:web:intranet",
        "did:web:localhost%3A99999",
        "did:web:localhost%3A",
        "did:web:example.com%2Fpath",
        "did:web:a_b.com"
      })
  void refusesOthers(String did) {
    assertThatThrownBy(() -> DidWeb.documentUri(Did.parse(did)))
        .isInstanceOf(SyntaxException.class);
  }

  @Test
  void namesAHost() {
    assertThat(DidWeb.of("pds.example.com")).hasToString("did:web:pds.example.com");
    assertThat(DidWeb.of("localhost:2583")).hasToString("did:web:localhost%3A2583");
    assertThatThrownBy(() -> DidWeb.of("example.com:443")).isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> DidWeb.of("a b")).isInstanceOf(SyntaxException.class);
  }
}

package dev.virga.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {
  @Test
  void tellsDidsFromHandles() {
    assertThat(AtIdentifier.parse("did:web:example.com"))
        .isEqualTo(Did.parse("did:web:example.com"));
    assertThat(AtIdentifier.parse("Did.example")).isEqualTo(Handle.parse("did.example"));
  }

  @Test
  void takesADidApart() {
    Did did = Did.parse("did:web:localhost%3A2583");

    assertThat(did.method()).isEqualTo("web");
    assertThat(did.specific()).isEqualTo("localhost%3A2583");
    assertThat(did).hasToString("did:web:localhost%3A2583");
  }

  @Test
  void boundsADid() {
    String longest = "did:x:" + "a".repeat(2_042);

    assertThat(Did.parse(longest).text()).hasSize(2_048);
    assertThatThrownBy(() -> Did.parse(longest + "a")).isInstanceOf(SyntaxException.class);
  }

  @Test
  void lowerCasesHandlesHoweverTheyAreMade() {
    assertThat(Handle.parse("Alice.EXAMPLE.com")).isEqualTo(new Handle("alice.example.com"));
    assertThat(new Handle("BOB.test").text()).isEqualTo("bob.test");
    assertThat(AtUri.parse("at://Bob.test/a.b.c")).hasToString("at://bob.test/a.b.c");
  }

  @ParameterizedTest
  @CsvSource({
    "com.atproto.repo.createRecord, repo.atproto.com, com.atproto.repo, createRecord",
    "COM.Example.thing, example.com, COM.Example, thing",
    "a.b.c, b.a, a.b, c"
  })
  void takesAnNsidApart(String text, String authority, String group, String name) {
    Nsid nsid = Nsid.parse(text);

    assertThat(nsid.authority()).isEqualTo(authority);
    assertThat(nsid.group()).isEqualTo(group);
    assertThat(nsid.name()).isEqualTo(name);
    assertThat(nsid).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "...", "a..b", "a.b.", ".a.b", "a", "a.b", "a.b.c.", "é.b.c"})
  void refusesDegenerateNsidsAndHandles(String text) {
    assertThat(Nsid.isValid(text)).isFalse();
    assertThat(Handle.isValid(text) && !text.equals("a.b")).isFalse();
  }

  @Test
  void takesAnAtUriApart() {
    AtUri uri = AtUri.parse("at://did:plc:abc/com.example.post/3jui7kd54zh2y");

    assertThat(uri.authority()).isEqualTo(Did.parse("did:plc:abc"));
    assertThat(uri.collection()).isEqualTo(Nsid.parse("com.example.post"));
    assertThat(uri.rkey()).isEqualTo(RecordKey.of(Tid.parse("3jui7kd54zh2y")));
    assertThat(uri)
        .isEqualTo(
            AtUri.of(
                Did.parse("did:plc:abc"),
                Nsid.parse("com.example.post"),
                RecordKey.parse("3jui7kd54zh2y")));
    assertThat(AtUri.parse("at://a.test").collection()).isNull();
    assertThatThrownBy(() -> new AtUri(Handle.parse("a.test"), null, RecordKey.parse("x")))
        .isInstanceOf(SyntaxException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1985-04-12T23:20:50.123Z, 1985-04-12T23:20:50.123Z",
    "1985-04-12T23:20:50.1235678912345Z, 1985-04-12T23:20:50.123567891Z",
    "1985-04-12T23:20:50.1+01:45, 1985-04-12T21:35:50.100Z",
    "1985-04-12T23:20:50-07:00, 1985-04-13T06:20:50Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "0000-01-01T01:00:00+01:00, 0000-01-01T00:00:00Z"
  })
  void knowsTheMomentOfADatetime(String text, String instant) {
    assertThat(Datetime.parse(text).instant()).isEqualTo(Instant.parse(instant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-02-29T00:00:00Z",
        "2023-04-31T00:00:00Z",
        "2023-01-01T24:00:00Z",
        "2023-01-01T00:00:60Z",
        "2023-01-01T00:60:00Z",
        "2023-01-01T00:00:00+24:00",
        "2023-01-01T00:00:00+00:60",
        "2023-01-01T00:00:00.Z",
        "2023-01-01T00:00:00ZZ",
        "2023-01-01T00:00:00Z+00:00",
        "٢023-01-01T00:00:00Z",
        "2023-01-01T00:00:00.0000000000000000000000000000000000000000000000000000Z"
      })
  void refusesMomentsThatThereAreNot(String text) {
    assertThat(Datetime.isValid(text)).isFalse();
  }

  @Test
  void writesDatetimesInThePreferredForm() {
    assertThat(Datetime.of(Instant.ofEpochSecond(1, 987_654_321)))
        .hasToString("1970-01-01T00:00:01.987Z");
  }

  @Test
  void boundsEverything() {
    String huge = "a".repeat(1_000_000);
    for (String text :
        List.of(huge, "at://" + huge, "did:plc:" + huge, huge + ":x", huge + ".com")) {
      assertThat(AtUri.isValid(text)).isFalse();
      assertThat(Did.isValid(text)).isFalse();
      assertThat(Handle.isValid(text)).isFalse();
      assertThat(Nsid.isValid(text)).isFalse();
      assertThat(RecordKey.isValid(text)).isFalse();
      assertThat(Tid.isValid(text)).isFalse();
      assertThat(LanguageTag.isValid(text)).isFalse();
      assertThat(UriText.isValid(text)).isFalse();
      assertThat(CidText.isValid(text)).isFalse();
      assertThat(Datetime.isValid(text)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "i", "x-", "en--us", "en-x", "en-toolongtag", "é", ""})
  void refusesOddLanguageTags(String text) {
    assertThat(LanguageTag.isValid(text)).isEqualTo(text.equals("en-x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://例え.jp/é", "HTTP://x", "x+y.z-1:a"})
  void acceptsUrisAsPeoplePasteThem(String text) {
    assertThat(UriText.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b\u0000", "a:\u00a0", "a:\u2028", "a:\u007f", "é:b", "1a:b"})
  void refusesUrisWithSpacesOrControls(String text) {
    assertThat(UriText.isValid(text)).isFalse();
  }
}

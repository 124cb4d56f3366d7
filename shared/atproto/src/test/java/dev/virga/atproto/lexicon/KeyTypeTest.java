package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.RecordKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTypeTest {
  @ParameterizedTest
  @CsvSource({
    "tid, 3kznmn7xqxl22",
    "nsid, app.bsky.feed.post",
    "any, whatever-it.is",
    "literal:self, self",
  })
  void allowsItsKeys(String type, String key) {
    assertThatCode(() -> KeyType.parse(type).check(RecordKey.parse(key)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "tid, self, Record key must be a valid TID",
    "nsid, self, Record key must be a valid nsid",
    "literal:self, 3kznmn7xqxl22, Record key must be \"self\"",
  })
  void refusesOthers(String type, String key, String message) {
    assertThatThrownBy(() -> KeyType.parse(type).check(RecordKey.parse(key)))
        .isInstanceOf(ValidationException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "TID", "literal", "literal:", "literal:a/b", "self"})
  void refusesTypesThatDoNotExist(String type) {
    assertThatThrownBy(() -> KeyType.parse(type)).isInstanceOf(LexiconException.class);
  }

  @Test
  void literalTellsItsKey() {
    assertThat(KeyType.parse("literal:self"))
        .isEqualTo(new KeyType.Literal(RecordKey.parse("self")));
  }
}

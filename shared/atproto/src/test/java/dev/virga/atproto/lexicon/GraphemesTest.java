package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphemesTest {
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "abc, 3",
    "Grüße, 5",
    "e\u0301, 1",
    "\u1112\u1161\u11ab\u1100\u1173\u11af, 2",
    "日本語, 3",
    "👍🏽, 1",
    "👩‍👩‍👦‍👦, 1",
    "🏳️‍🌈, 1",
    "🇩🇪🇫🇷🇮🇹, 3",
    "👨‍👩‍👧‍👧a👍, 3",
    "a\u0308\u0323b, 2",
    "❤️, 1",
    "नी, 1",
  })
  void countsWhatPeopleSeeAsCharacters(String text, long count) {
    assertThat(Graphemes.count(text)).isEqualTo(count);
  }

  @Test
  void carriageReturnAndLineFeedAreOne() {
    assertThat(Graphemes.count("a\r\nb")).isEqualTo(3);
    assertThat(Graphemes.count("a\nb\r")).isEqualTo(4);
    assertThat(Graphemes.count("\n\r")).isEqualTo(2);
  }

  @Test
  void marksWithoutEndAreOne() {
    assertThat(Graphemes.count("a" + "\u0301".repeat(100_000))).isEqualTo(1);
  }

  @Test
  void plainTextCountsAsTheClusterRuleDoes() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x300; c++) {
      all.append(c == '\r' ? ' ' : c);
    }
    // The character beyond Latin forces the general rule.
    assertThat(Graphemes.count(all + "日")).isEqualTo(Graphemes.count(all.toString()) + 1);
  }
}

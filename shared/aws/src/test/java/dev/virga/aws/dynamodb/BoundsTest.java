package dev.virga.aws.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.Key;
import dev.virga.pds.store.Range;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BoundsTest {
  private static final String[] LETTERS = {
    "a", "\u007F", "\u0080", "é", "\u07FF", "日", "\uFFFF", "😀"
  };

  @Test
  void leavesAnOrdinaryRangeAlone() {
    assertThat(Bounds.of(new Range("a", "b"))).isEqualTo(new Bounds("a", true, "b", false));
    assertThat(Bounds.of(new Range("a", "b")).isEmpty()).isFalse();
  }

  @Test
  void isEmptyWhenNothingIsBetween() {
    assertThat(Bounds.of(new Range("b", "a")).isEmpty()).isTrue();
    assertThat(Bounds.of(new Range("a", "a")).isEmpty()).isTrue();
    assertThat(Bounds.of(new Range("", "")).isEmpty()).isTrue();
    assertThat(Bounds.of(new Range("\uFFFF", "\uD83D\uDE00")).isEmpty()).as("by UTF-8").isFalse();
  }

  @Test
  void cutsWhatIsLongerThanAnyKey() {
    String longest = "s".repeat(Key.MAX_SORT_BYTES);

    assertThat(Bounds.of(new Range(longest + "\0", "t")))
        .isEqualTo(new Bounds(longest, false, "t", false));
    assertThat(Bounds.of(Range.prefix(longest)))
        .isEqualTo(new Bounds(longest, true, longest, true));
    assertThat(Bounds.of(Range.prefix(longest)).isEmpty()).isFalse();
    assertThat(Bounds.of(Range.prefix(longest).after(longest)).isEmpty()).isTrue();
  }

  @Test
  void holdsExactlyTheKeysOfTheRange() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String stem = "x".repeat(Key.MAX_SORT_BYTES - 1 - random.nextInt(5));
      Range range = new Range(stem + text(random, 4), stem + text(random, 4));
      Bounds bounds = Bounds.of(range);
      String key = cut(stem + text(random, 4));
      assertThat(bounds.from().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(Key.MAX_SORT_BYTES);
      assertThat(bounds.to().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(Key.MAX_SORT_BYTES);
      boolean inside =
          compare(key, bounds.from()) >= (bounds.fromInside() ? 0 : 1)
              && compare(key, bounds.to()) < (bounds.toInside() ? 1 : 0);
      boolean expected = compare(key, range.from()) >= 0 && compare(key, range.to()) < 0;
      assertThat(inside).as("seed %d, %s in %s", seed, key, range).isEqualTo(expected);
    }
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append(LETTERS[random.nextInt(LETTERS.length)]);
    }
    return text.toString();
  }

  private static String cut(String text) {
    String cut = text;
    while (cut.getBytes(UTF_8).length > Key.MAX_SORT_BYTES) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }

  private static int compare(String left, String right) {
    return Integer.signum(Arrays.compareUnsigned(left.getBytes(UTF_8), right.getBytes(UTF_8)));
  }
}

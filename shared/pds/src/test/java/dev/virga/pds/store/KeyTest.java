package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyTest {
  @Test
  void keepsTheRulesOfEveryBackend() {
    String longest = "s".repeat(Key.MAX_SORT_BYTES);
    assertThat(new Key("p".repeat(Key.MAX_PARTITION_BYTES), longest).sort()).isEqualTo(longest);
    for (String sort :
        new String[] {"", longest + "s", "é".repeat(513), "a\uDBFF\uDFFF", "\uD800"}) {
      assertThatThrownBy(() -> new Key("p", sort)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Key("", "s")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Key("p".repeat(Key.MAX_PARTITION_BYTES + 1), "s"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void oneThatIsReadBackIsTheOneThatWasStored() {
    Key stored = new Key("p", "s");
    assertThat(Key.ofStored("p", "s")).isEqualTo(stored).hasSameHashCodeAs(stored);
    assertThat(stored).isNotEqualTo(new Key("s", "p")).isNotEqualTo(new Key("p", "t"));
    assertThat(stored).hasToString("Key[partition=p, sort=s]");
    assertThat(new Key("né", "s").bytes()).isEqualTo(4);
    assertThat(Key.ofStored("né", "s").bytes()).isEqualTo(4);
  }
}

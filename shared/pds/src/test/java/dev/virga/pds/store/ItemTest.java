package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules that the types of the ports keep before any backend is asked. */
class ItemTest {
  private static final Key KEY = new Key("p", "s");

  @Test
  void refusesKeysThatAreEmptyOrTooLong() {
    assertRefused(() -> new Key("", "s"), "partition is empty");
    assertRefused(() -> new Key("p", ""), "sort key is empty");
    assertRefused(() -> new Key("p".repeat(2_049), "s"), "2049");
    assertRefused(() -> new Key("p", "s".repeat(1_025)), "1025");
    assertRefused(() -> new Key("p", "é".repeat(513)), "1026");
    assertRefused(() -> new Key("p", "日".repeat(342)), "1026");
    assertRefused(() -> new Key("p", "😀".repeat(257)), "1028");
    assertThat(new Key("é".repeat(1_024), "😀".repeat(256)).bytes()).isEqualTo(2_048 + 1_024);
  }

  @Test
  void refusesKeysThatAreNoUnicode() {
    assertRefused(() -> new Key("p", "a\uD800"), "not valid Unicode");
    assertRefused(() -> new Key("p", "\uDC00a"), "not valid Unicode");
    assertRefused(() -> new Key("\uD800\uD800", "s"), "not valid Unicode");
    assertRefused(() -> new Key("p", "a\uDBFF\uDFFF"), "U+10FFFF");
  }

  @Test
  void refusesItemsThatAreTooLarge() {
    int most = Item.MAX_BYTES - 1;
    assertThat(Item.builder().bytes("b", new byte[most]).build().bytes()).isEqualTo(400_000);
    assertRefused(() -> Item.builder().bytes("b", new byte[most + 1]).build(), "400001");
    assertRefused(() -> Item.builder().text("t", "é".repeat(200_000)).build(), "400001");
    assertThat(Item.builder().number("n", 1).flag("f", true).text("t", "é").build().bytes())
        .isEqualTo(13 + 2 + 3);
  }

  @Test
  void refusesBadAttributeNamesAndTexts() {
    assertRefused(() -> Item.builder().text("", "x").build(), "attribute name is empty");
    assertRefused(() -> Item.builder().text("n".repeat(256), "x").build(), "256");
    assertRefused(() -> Item.builder().text("$key", "x").build(), "begins with $");
    assertRefused(() -> Item.builder().text("t", "\uD83D").build(), "t is not valid Unicode");
    assertRefused(
        () -> Item.of(Map.of("\uD83D", new Item.Attribute.Flag(true))), "not valid Unicode");
  }

  @Test
  void refusesAnUpdateThatSetsAndRemovesTheSame() {
    Item set = Item.builder().text("a", "x").build();
    assertRefused(
        () -> new Write.Update(KEY, set, Set.of("a"), new Write.Expiry.Keep(), Condition.ALWAYS),
        "both set and removed: a");
  }

  @Test
  void refusesQueriesOutOfBounds() {
    Range all = Range.prefix("");
    assertRefused(() -> Query.forward("p", all, 0), "limit is 0");
    assertRefused(() -> Query.backward("p", all, 1_001), "limit is 1001");
    assertRefused(() -> Query.forward("", all, 1), "partition is empty");
  }

  @Test
  void roundsExpiryUpToWholeSeconds() {
    Instant whole = Instant.ofEpochSecond(10);
    Instant fraction = Instant.ofEpochSecond(9, 1);
    assertThat(new Entry(KEY, Item.EMPTY, fraction).expires()).isEqualTo(whole);
    assertThat(new Entry(KEY, Item.EMPTY, whole).expires()).isEqualTo(whole);
    assertThat(new Write.Put(KEY, Item.EMPTY, fraction, Condition.ALWAYS).expires())
        .isEqualTo(whole);
    assertThat(new Write.Expiry.At(fraction).when()).isEqualTo(whole);
  }

  @Test
  void refusesMetadataThatNoHeaderCarries() {
    assertRefused(() -> metadata("Upper", "x"), "Upper");
    assertRefused(() -> metadata("", "x"), "metadata name");
    assertRefused(() -> metadata("a", ""), "not printable ASCII: a");
    assertRefused(() -> metadata("a", " x"), "not printable ASCII: a");
    assertRefused(() -> metadata("a", "x "), "not printable ASCII: a");
    assertRefused(() -> metadata("a", "é"), "not printable ASCII: a");
    assertRefused(() -> metadata("a", "x\r\ny"), "not printable ASCII: a");
    assertRefused(() -> metadata("a", "x".repeat(2_000)), "2000");
  }

  private static Objects.Metadata metadata(String name, String value) {
    return new Objects.Metadata(Map.of(name, value));
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String part) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }
}

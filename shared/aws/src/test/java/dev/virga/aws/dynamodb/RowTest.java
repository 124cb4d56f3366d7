package dev.virga.aws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class RowTest {
  private static final Key KEY = new Key("did:plc:abc", "head");
  private static final Instant WHEN = Instant.parse("2100-01-01T00:00:00Z");

  @Test
  void isLegible() {
    Item item = Item.builder().text("rev", "3k2a").number("n", 7).flag("ok", true).build();

    assertThat(Attributes.encode(Row.of(KEY, item, WHEN)))
        .isEqualTo(
            Map.of(
                "pk", AttributeValue.fromS("did:plc:abc"),
                "sk", AttributeValue.fromS("head"),
                "expires", AttributeValue.fromN("4102444800"),
                "rev", AttributeValue.fromS("3k2a"),
                "n", AttributeValue.fromN("7"),
                "ok", AttributeValue.fromBool(true)));
  }

  @Test
  void keepsAttributesApartThatAreCalledLikeItsOwn() {
    Item item =
        Item.builder().text("pk", "a").number("sk", 1).text("expires", "b").text("x", "c").build();
    Row row = Row.of(KEY, item, null);

    assertThat(row.attributes().keySet())
        .containsExactlyInAnyOrder("pk", "sk", "$pk", "$sk", "$expires", "x");
    assertThat(Attributes.decode(Attributes.encode(row)).entry()).isEqualTo(new Entry(KEY, item));
  }

  @Test
  void refusesWhatNoIndexWrote() {
    refuse("pk", AttributeValue.fromN("1"), "pk");
    refuse("sk", AttributeValue.fromS(""), "sort key is empty");
    refuse("expires", AttributeValue.fromN(Long.toString(Long.MAX_VALUE)), "expires at");
    refuse("list", AttributeValue.fromL(java.util.List.of()), "'list' has the type L");
    refuse("null", AttributeValue.fromNul(true), "'null' has the type NUL");
    refuse("n", AttributeValue.fromN("1.5"), "'n' is no whole number");
    refuse("n", AttributeValue.fromN("9223372036854775808"), "'n' is no whole number");
    refuse("big", AttributeValue.fromS("x".repeat(Item.MAX_BYTES)), "is no item");
  }

  private static void refuse(String name, AttributeValue value, String message) {
    Map<String, AttributeValue> row = new HashMap<>(Attributes.key(KEY));
    row.put(name, value);
    assertThatThrownBy(() -> Attributes.decode(row).entry())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(message);
  }

  @Test
  void lacksNoKey() {
    Row row = new Row(Map.of("pk", new Attribute.Text("p")));

    assertThatThrownBy(row::key).isInstanceOf(StoreException.class).hasMessageContaining("sk");
  }

  @Test
  void becomesAChangeWithWhatAStreamSays() {
    Row keys = Row.of(KEY, Item.EMPTY, null);
    Item before = Item.builder().number("n", 1).build();
    Item after = Item.builder().number("n", 2).build();

    var updated = new StreamRecord(keys, Row.of(KEY, before, WHEN), Row.of(KEY, after, null));
    assertThat(updated.change().key()).isEqualTo(KEY);
    assertThat(updated.change().before()).contains(before);
    assertThat(updated.change().after()).contains(after);
    assertThat(new StreamRecord(keys, null, keys).change().before()).isEmpty();
    assertThat(new StreamRecord(keys, keys, null).change().after()).isEmpty();
  }
}

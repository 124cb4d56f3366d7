package dev.virga.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ItemCodecTest {
  private static final Address ADDRESS = Address.of(new Key("p", "s"));

  private static final Item SAMPLE =
      Item.builder()
          .text("a", "é")
          .number("b", -2)
          .flag("c", true)
          .flag("d", false)
          .bytes("e", new byte[] {1, 2})
          .build();

  @Test
  void encodesInTheDocumentedForm() {
    assertThat(HexFormat.of().formatHex(ItemCodec.encode(ADDRESS, SAMPLE)))
        .startsWith("0205" + "01610102c3a9" + "01620203" + "016304" + "016403" + "016505020102")
        .hasSize(2 * (2 + 6 + 4 + 3 + 3 + 6 + 4));
    assertThat(ItemCodec.encode(ADDRESS, Item.EMPTY)).hasSize(6).startsWith(2, 0);
  }

  @Test
  void decodesWhatItEncoded() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      Item.Builder item = Item.builder();
      for (int i = random.nextInt(6); i > 0; i--) {
        String name = "n" + random.nextInt(1_000);
        switch (random.nextInt(4)) {
          case 0 -> item.text(name, "日x".repeat(random.nextInt(300)));
          case 1 -> item.number(name, random.nextLong() >> random.nextInt(64));
          case 2 -> item.flag(name, random.nextBoolean());
          default -> item.bytes(name, new byte[random.nextInt(20_000)]);
        }
      }
      Item built = item.build();
      assertThat(ItemCodec.decode(ADDRESS, ItemCodec.encode(ADDRESS, built)))
          .as("seed %d", seed)
          .isEqualTo(built);
    }
  }

  @Test
  void findsEachAttributeAmongTheOthersAndNoneThatIsNotThere() {
    Item item = ItemCodec.decode(ADDRESS, ItemCodec.encode(ADDRESS, SAMPLE));
    assertThat(item.text("a")).contains("é");
    assertThat(item.number("b")).contains(-2L);
    assertThat(item.flag("c")).isTrue();
    assertThat(item.attribute("d")).contains(new Item.Attribute.Flag(false));
    assertThat(item.requireBytes("e")).containsExactly(1, 2);
    for (String absent : new String[] {"", "f", "aa", "é"}) {
      assertThat(item.attribute(absent)).as(absent).isEmpty();
    }
    assertThat(item.text("b")).as("of another kind").isEmpty();
    assertThat(item.toBuilder().without("e").build().attributes()).hasSize(4);
  }

  @Test
  void keepsTheExtremes() {
    for (long number : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53}) {
      Item item = Item.builder().number("n", number).build();
      assertThat(ItemCodec.decode(ADDRESS, ItemCodec.encode(ADDRESS, item))).isEqualTo(item);
    }
  }

  @Test
  void refusesEveryTruncationAndAnyAddition() {
    byte[] whole = ItemCodec.encode(ADDRESS, SAMPLE);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ItemCodec.decode(ADDRESS, cut))
          .as("cut to %d", length)
          .isInstanceOf(StoreException.class);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThatThrownBy(() -> ItemCodec.decode(ADDRESS, longer)).isInstanceOf(StoreException.class);
  }

  @Test
  void seesEveryFlippedBitAndNamesTheKey() {
    byte[] whole = ItemCodec.encode(ADDRESS, SAMPLE);
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> ItemCodec.decode(ADDRESS, damaged))
          .as("bit %d", bit)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(ADDRESS.key().toString());
    }
  }

  @Test
  void seesThatAnItemIsAtAnotherKey() {
    byte[] whole = ItemCodec.encode(ADDRESS, SAMPLE);
    assertThatThrownBy(() -> ItemCodec.decode(Address.of(new Key("p", "t")), whole))
        .isInstanceOf(StoreException.class);
  }
}

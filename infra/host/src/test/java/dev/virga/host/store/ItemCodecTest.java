package dev.virga.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.StoreException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ItemCodecTest {
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
    assertThat(HexFormat.of().formatHex(ItemCodec.encode(SAMPLE)))
        .isEqualTo("0105" + "01610102c3a9" + "01620203" + "016304" + "016403" + "016505020102");
    assertThat(ItemCodec.encode(Item.EMPTY)).containsExactly(1, 0);
  }

  @Test
  void decodesWhatItEncoded() {
    long seed = System.nanoTime();
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
      assertThat(ItemCodec.decode(ItemCodec.encode(built))).as("seed %d", seed).isEqualTo(built);
    }
  }

  @Test
  void keepsTheExtremes() {
    for (long number : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53}) {
      Item item = Item.builder().number("n", number).build();
      assertThat(ItemCodec.decode(ItemCodec.encode(item))).isEqualTo(item);
    }
  }

  @Test
  void refusesEveryTruncationAndAnyAddition() {
    byte[] whole = ItemCodec.encode(SAMPLE);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ItemCodec.decode(cut))
          .as("cut to %d", length)
          .isInstanceOf(StoreException.class);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThatThrownBy(() -> ItemCodec.decode(longer)).hasMessageContaining("1 bytes too many");
  }

  @Test
  void neverFailsOtherwiseOnDamage() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] whole = ItemCodec.encode(SAMPLE);
    for (int round = 0; round < 5_000; round++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      try {
        ItemCodec.decode(damaged);
      } catch (StoreException expected) {
        assertThat(expected.getMessage()).as("seed %d", seed).contains("stored item");
      }
    }
  }
}

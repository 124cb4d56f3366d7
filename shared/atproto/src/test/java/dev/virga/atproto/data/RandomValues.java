package dev.virga.atproto.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values of every kind from a seed, for the tests of the codecs. */
final class RandomValues {
  private static final String[] PIECES = {
    "a", "z", "~", "é", "⽘", "😀", "\"", "\\", "\n", "\u0000"
  };

  private final Random random;

  RandomValues(long seed) {
    random = new Random(seed);
  }

  Value.Obj obj() {
    return obj(0);
  }

  private Value.Obj obj(int depth) {
    Value.Builder builder = Value.Obj.builder();
    for (int left = random.nextInt(12); left > 0; left--) {
      builder.put(text(random.nextInt(30)), value(depth + 1));
    }
    return builder.build();
  }

  private Value value(int depth) {
    return switch (random.nextInt(depth > 3 ? 6 : 8)) {
      case 0 -> Value.of(random.nextLong() >> random.nextInt(64));
      case 1 -> Value.of(random.nextBoolean());
      case 2 -> Value.Null.NULL;
      case 3 -> new Value.Bytes(bytes(random.nextInt(300)));
      case 4 -> Value.of(Cid.ofDagCbor(bytes(8)));
      case 5 -> Value.of(text(random.nextInt(50) == 0 ? 6_000 : random.nextInt(60)));
      case 6 -> array(depth);
      default -> obj(depth);
    };
  }

  private Value array(int depth) {
    List<Value> items = new ArrayList<>();
    for (int left = random.nextInt(8); left > 0; left--) {
      items.add(value(depth + 1));
    }
    return new Value.Array(items);
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(
          random.nextInt(4) == 0
              ? PIECES[random.nextInt(PIECES.length)]
              : Character.toString('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}

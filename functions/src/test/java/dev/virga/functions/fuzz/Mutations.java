package dev.virga.functions.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Small damages to inputs, the same for the same seed; what replays beside the corpus. */
final class Mutations {
  private static final byte[] TELLING = {
    0,
    1,
    0x17,
    0x18,
    0x1b,
    0x1f,
    0x3b,
    0x40,
    0x5f,
    0x60,
    0x7f,
    (byte) 0x80,
    (byte) 0x9f,
    (byte) 0xa0,
    (byte) 0xbf,
    (byte) 0xd8,
    (byte) 0xf6,
    (byte) 0xfb,
    (byte) 0xff,
    '"',
    '{',
    '}',
    '[',
    ']',
    '%',
    '&',
    '=',
    '.',
    ':',
    '#',
    '\\',
    '-'
  };

  private final SplittableRandom random;
  private final List<byte[]> corpus;

  Mutations(long seed, List<byte[]> corpus) {
    this.random = new SplittableRandom(seed);
    this.corpus = corpus;
  }

  /** One to four damages, one on top of the other. */
  byte[] of(byte[] input) {
    byte[] mutated = input;
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      mutated = once(mutated);
    }
    return mutated;
  }

  private byte[] once(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + 1 + random.nextInt(16));
    return switch (random.nextInt(7)) {
      case 0 -> with(input, at, (byte) random.nextInt(256));
      case 1 -> with(input, at, TELLING[random.nextInt(TELLING.length)]);
      case 2 -> flip(input, at);
      case 3 -> splice(input, at, end, new byte[0]);
      case 4 -> splice(input, at, at, Arrays.copyOfRange(input, at, end));
      case 5 -> Arrays.copyOf(input, at);
      default -> crossed(input, at, end);
    };
  }

  private static byte[] with(byte[] input, int at, byte value) {
    return splice(input, at, Math.min(input.length, at + 1), new byte[] {value});
  }

  private byte[] flip(byte[] input, int at) {
    byte[] flipped = input.clone();
    if (at < flipped.length) {
      flipped[at] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] crossed(byte[] input, int at, int end) {
    byte[] other = corpus.get(random.nextInt(corpus.size()));
    int from = random.nextInt(other.length + 1);
    int to = Math.min(other.length, from + random.nextInt(64));
    return splice(input, at, end, Arrays.copyOfRange(other, from, to));
  }

  private static byte[] splice(byte[] input, int at, int end, byte[] middle) {
    byte[] spliced = Arrays.copyOf(input, at + middle.length + input.length - end);
    System.arraycopy(middle, 0, spliced, at, middle.length);
    System.arraycopy(input, end, spliced, at + middle.length, input.length - end);
    return spliced;
  }
}

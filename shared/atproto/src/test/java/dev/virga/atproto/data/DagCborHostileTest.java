package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class DagCborHostileTest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String DIGEST = "00".repeat(32);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nothing, ''",
    "trailing byte, a000",
    "trailing value, 0101",
    "overlong 0 in one byte, 1800",
    "overlong 23, 1817",
    "overlong in two bytes, 1900ff",
    "overlong in four bytes, 1a0000ffff",
    "overlong in eight bytes, 1b00000000ffffffff",
    "overlong negative, 3817",
    "overlong text length, 780161",
    "overlong bytes length, 580100",
    "overlong array length, 980101",
    "overlong map length, b801616101",
    "overlong tag, d9002a582500",
    "above 64 bits signed, 1b8000000000000000",
    "largest unsigned, 1bffffffffffffffff",
    "below 64 bits signed, 3b8000000000000000",
    "lowest negative, 3bffffffffffffffff",
    "indefinite bytes, 5f4101ff",
    "indefinite text, 7f6161ff",
    "empty indefinite text, 7fff",
    "indefinite array, 9f01ff",
    "indefinite map, bf616101ff",
    "indefinite map unclosed, bf616101",
    "break alone, ff",
    "reserved info, 1c",
    "reserved info of text, 7e",
    "half float 1, f93c00",
    "half float -0, f98000",
    "half NaN, f97e00",
    "half infinity, f97c00",
    "float 1, fa3f800000",
    "float NaN, fa7fc00000",
    "double 1, fb3ff0000000000000",
    "double 1.5, fb3ff8000000000000",
    "double -0, fb8000000000000000",
    "double NaN, fb7ff8000000000000",
    "double infinity, fb7ff0000000000000",
    "float inside a map, a16161fb3ff8000000000000",
    "undefined, f7",
    "undefined in a map, a16161f7",
    "simple value 0, e0",
    "simple value 16, f0",
    "simple value 32, f820",
    "simple value 255, f8ff",
    "false in two bytes, f814",
    "integer key, a10101",
    "negative key, a12001",
    "bytes key, a1416101",
    "null key, a1f601",
    "boolean key, a1f501",
    "array key, a18001",
    "tagged key, a1c0616101",
    "indefinite key, a17f6161ff01",
    "unsorted keys, a2616201616101",
    "keys sorted as strings, a262616101616201",
    "duplicate key, a2616101616102",
    "duplicate key apart, a3616101616202616103",
    "duplicate empty key, a260016002",
    "date tag, c06161",
    "bignum, c24101",
    "negative bignum, c34101",
    "decimal fraction, c4820101",
    "self-described, d9d9f700",
    "nested tags, c0d82a582500",
    "tag on a map, d82aa0",
    "tag 42 on text, d82a6161",
    "tag 42 on an integer, d82a01",
    "tag 42 alone, d82a",
    "empty link, d82a40",
    "tagged false, c0f4",
    "bad UTF-8 lead, 61ff",
    "bad UTF-8 continuation, 62c328",
    "cut UTF-8, 61c3",
    "cut UTF-8 before more, 8261c3616a",
    "overlong UTF-8 NUL, 62c080",
    "overlong UTF-8 slash, 63e080af",
    "UTF-8 surrogate, 63eda080",
    "UTF-8 surrogate pair, 66eda0bdedb880",
    "UTF-8 above U+10FFFF, 64f4908080",
    "bad UTF-8 key, a161ff01",
    "overlong UTF-8 key, a162c08001",
    "cut text, 626",
    "cut array, 8201",
    "cut map, a26161",
    "map without a value, a16161",
    "cut integer, 19ff",
    "huge text, 7a7fffffff",
    "huge text in eight bytes, 7b7fffffffffffffff",
    "negative text length, 7bffffffffffffffff",
    "huge bytes, 5a7fffffff00",
    "huge bytes in four gigabytes, 5affffffff00",
    "huge bytes in eight bytes, 5b7fffffffffffffff",
    "negative bytes length, 5bffffffffffffffff",
    "huge array, 9a7fffffff01",
    "huge array in eight bytes, 9b7fffffffffffffff01",
    "negative array length, 9bffffffffffffffff01",
    "huge map, ba7fffffff616101",
    "huge map in eight bytes, bb7fffffffffffffff616101",
    "negative map length, bbffffffffffffffff616101",
    "array length of two to the 32, 9b0000000100000000"
  })
  void refuses(String what, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.length() % 2 == 0 ? hex : hex + "0");

    assertThatThrownBy(() -> DagCbor.decode(bytes)).as(what).isInstanceOf(DataException.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no zero prefix, d82a5824 01711220",
    "one as prefix, d82a5825 0101711220",
    "two zero prefixes, d82a5826 000001711220",
    "version 0, d82a5823 001220",
    "version 2, d82a5825 0002711220",
    "dag-pb, d82a5825 0001701220",
    "sha-512 code, d82a5825 0001711320",
    "identity hash, d82a5825 0001710020",
    "long digest length, d82a5825 0001711221",
    "overlong length, d82a590025 0001711220",
    "as text, d82a7825 0001711220"
  })
  void refusesLinksThatAreNotBlessed(String what, String prefix) {
    byte[] bytes = HexFormat.of().parseHex(prefix.replace(" ", "") + DIGEST);

    assertThatThrownBy(() -> DagCbor.decode(bytes)).as(what).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> transcode(bytes)).as(what).isInstanceOf(DataException.class);
  }

  @Test
  void acceptsTheLinkThatIs() {
    byte[] bytes = HexFormat.of().parseHex("d82a5825" + "0001711220" + DIGEST);

    assertThat(DagCbor.decode(bytes)).isInstanceOf(Value.Link.class);
  }

  @Test
  void refusesNestingOfAMillionLevels() {
    for (int opening : new int[] {0x81, 0x9f, 0xd8}) {
      byte[] bytes = new byte[1_000_000];
      Arrays.fill(bytes, (byte) opening);

      assertThatThrownBy(() -> DagCbor.decode(bytes)).isInstanceOf(DataException.class);
      assertThatThrownBy(() -> transcode(bytes)).isInstanceOf(DataException.class);
    }
  }

  @Test
  void answersEveryMutationWithAValueOrANamedErrorAndSoDoesTheTranscoder() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    RandomValues values = new RandomValues(seed);
    int accepted = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = mutate(DagCbor.encode(values.obj()), random);
      boolean decodes = decodes(bytes, seed);
      boolean transcodes = transcodes(bytes, seed);
      assertThat(transcodes || !decodes).as("seed %d, %d", seed, i).isTrue();
      accepted += decodes ? 1 : 0;
    }
    assertThat(accepted).as("seed %d", seed).isPositive();
  }

  @Test
  void answersGarbageWithAValueOrANamedError() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(24)];
      random.nextBytes(bytes);
      assertThat(transcodes(bytes, seed) || !decodes(bytes, seed)).as("seed %d", seed).isTrue();
    }
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutated =
        switch (random.nextInt(3)) {
          case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1);
          case 1 -> Arrays.copyOf(bytes, bytes.length + random.nextInt(3));
          default -> bytes.clone();
        };
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
    }
    return mutated;
  }

  private static boolean decodes(byte[] bytes, long seed) {
    try {
      assertThat(DagCbor.encode(DagCbor.decode(bytes))).as("seed %d", seed).isEqualTo(bytes);
      return true;
    } catch (DataException refused) {
      return false;
    }
  }

  private static boolean transcodes(byte[] bytes, long seed) {
    try {
      transcode(bytes);
      return true;
    } catch (DataException refused) {
      assertThat(refused).as("seed %d", seed).hasMessageNotContaining("null");
      return false;
    }
  }

  private static void transcode(byte[] bytes) {
    // Left open: closing after a failure would have Jackson complete the output.
    JsonGenerator out =
        JSON.createGenerator(ObjectWriteContext.empty(), OutputStream.nullOutputStream());
    DataJson.transcode(bytes, out);
  }
}

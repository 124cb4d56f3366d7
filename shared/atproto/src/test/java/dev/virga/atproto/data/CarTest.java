package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CarTest {
  private static final CarReader.Limits LIMITS =
      new CarReader.Limits(1_000_000, 10_000, 100_000_000);
  private static final Block BLOCK = block(new byte[] {(byte) 0xa0});

  @Test
  void writesTheBytesThatTheSpecificationSays() {
    // 3a = 58 bytes of header; 25 = 36 bytes of CID and one of block.
    String cid = HexFormat.of().formatHex(BLOCK.cid().toBytes());

    assertThat(HexFormat.of().formatHex(CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK))))
        .isEqualTo(
            "3a"
                + "a2"
                + "65726f6f7473"
                + "81"
                + "d82a582500"
                + cid
                + "6776657273696f6e01"
                + "25"
                + cid
                + "a0");
  }

  @Test
  void roundTripsBlocksOfAllSizesInOrder() throws IOException {
    long seed = Long.getLong("virga.seed", 1);
    RandomValues random = new RandomValues(seed);
    List<Block> blocks = new ArrayList<>();
    for (int size : new int[] {0, 1, 91, 92, 127, 128, 16_347, 16_348, 70_000, 999_999}) {
      blocks.add(block(random.bytes(size)));
    }

    byte[] car = CarWriter.toBytes(blocks.getFirst().cid(), blocks);

    try (CarReader reader = open(car)) {
      assertThat(reader.root()).isEqualTo(blocks.getFirst().cid());
      for (Block block : blocks) {
        Block read = reader.next().orElseThrow();
        assertThat(read.cid()).as("seed %d", seed).isEqualTo(block.cid());
        assertThat(read.bytes()).as("seed %d", seed).isEqualTo(block.bytes());
      }
      assertThat(reader.next()).isEmpty();
      assertThat(reader.next()).isEmpty();
    }
    long expected = CarWriter.headerSize(List.of(blocks.getFirst().cid()));
    for (Block block : blocks) {
      expected += CarWriter.sectionSize(block.bytes().length);
    }
    assertThat(car).hasSize((int) expected);
  }

  @Test
  void streamsTheBytesThatAreWrittenWhateverIsAskedForAtATime() throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (int size : new int[] {1, 300, 70_000, 0, 131_072, 5}) {
      blocks.add(block(new byte[size]));
    }
    Cid root = blocks.getFirst().cid();
    byte[] written = CarWriter.toBytes(root, blocks);

    for (int most : new int[] {1, 7, 65_536, 1_000_000}) {
      InputStream car = new CarStream(List.of(root), blocks.iterator());
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      byte[] some = new byte[most + 3];
      for (int count = car.read(some, 3, most); count >= 0; count = car.read(some, 3, most)) {
        assertThat(count).isPositive();
        read.write(some, 3, count);
      }
      assertThat(read.toByteArray()).isEqualTo(written);
      assertThat(car.read()).isEqualTo(-1);
    }
    InputStream car = new CarStream(List.of(root), blocks.iterator());
    assertThat(car.read(new byte[0])).isZero();
    assertThat(car.read()).isEqualTo(written[0] & 0xff);
  }

  @Test
  void asksForTheBlocksOfAStreamAsTheirTurnComes() throws IOException {
    int[] asked = {0};
    Iterator<Block> endless =
        Stream.generate(() -> block(new byte[1_000])).peek(_ -> asked[0]++).iterator();
    InputStream car = new CarStream(List.of(BLOCK.cid()), endless);

    assertThat(car.readNBytes(500_000)).hasSize(500_000);

    assertThat(asked[0]).isBetween(450, 620);
  }

  @Test
  void writesNoRootAndSeveral() throws IOException {
    Cid other = Cid.ofRaw(new byte[9]);
    for (List<Cid> roots : List.<List<Cid>>of(List.of(), List.of(BLOCK.cid(), other))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      new CarWriter(bytes, roots).write(BLOCK);

      CarReader reader = open(bytes.toByteArray());

      assertThat(reader.roots()).isEqualTo(roots);
      assertThatThrownBy(reader::root).isInstanceOf(DataException.class);
      assertThat(reader.readAll()).containsOnlyKeys(BLOCK.cid());
    }
  }

  @Test
  void readsRepeatedBlocksOnce() throws IOException {
    byte[] car = CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK, block(new byte[3]), BLOCK));

    assertThat(open(car).readAll()).hasSize(2);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nothing, ''",
    "zero header, 00",
    "varint cut off, 80",
    "varint overlong, ba00",
    "varint of six bytes, 808080808001",
    "varint of ten bytes, ffffffffffffffffff01",
    "header cut off, 3aa265",
    "header too large, ffff03",
    "header huge, ffffffff0f",
    "header not CBOR, 01ff",
    "header not a map, 0101",
    "no roots, 0aa16776657273696f6e01",
    "no version, 08a165726f6f747380",
    "version 2, 11a265726f6f7473806776657273696f6e02",
    "version as text, 12a265726f6f7473806776657273696f6e6131",
    "roots not an array, 11a265726f6f7473f66776657273696f6e01",
    "root not a link, 12a265726f6f747381016776657273696f6e01",
    "unsorted header, 11a26776657273696f6e0165726f6f747380",
    "CAR version 2 pragma, 0aa16776657273696f6e02"
  })
  void refusesAHeader(String what, String hex) {
    assertThatThrownBy(() -> open(HexFormat.of().parseHex(hex)))
        .as(what)
        .isInstanceOf(DataException.class);
  }

  @Test
  void refusesEveryTruncationThatIsNotBetweenBlocks() {
    byte[] car = CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK, block(new byte[200])));
    int header = (int) CarWriter.headerSize(List.of(BLOCK.cid()));
    List<Integer> clean = List.of(header, header + (int) CarWriter.sectionSize(1), car.length);
    for (int length = 0; length <= car.length; length++) {
      byte[] cut = Arrays.copyOf(car, length);
      if (clean.contains(length)) {
        assertThat(reads(cut)).as("length %d", length).isTrue();
      } else {
        assertThat(reads(cut)).as("length %d", length).isFalse();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "zero-length section, 00",
    "section shorter than a CID, 0101",
    "section of 35 bytes, 2301551220",
    "length not in its shortest form, a500",
    "length of six bytes, a58080808000",
    "huge section with nothing in it, ffffffff0f",
    "block over the limit, a9843d",
    "CID version 0, 221220",
    "CID version 2, 2502551220",
    "CID with dag-pb, 2501701220",
    "CID with sha-512, 4501551340",
    "CID with the identity hash, 24015500",
    "wrong hash, 2501551220"
  })
  void refusesASection(String what, String hex) {
    byte[] section = Arrays.copyOf(HexFormat.of().parseHex(hex), 80);
    byte[] car = concat(CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK)), section);

    assertThat(reads(car)).as(what).isFalse();
  }

  @Test
  void stopsAtTheLimits() {
    byte[] car = CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK, block(new byte[200])));

    assertThat(reads(car, new CarReader.Limits(200, 2, car.length))).isTrue();
    assertThat(reads(car, new CarReader.Limits(199, 2, car.length))).isFalse();
    assertThat(reads(car, new CarReader.Limits(200, 1, car.length))).isFalse();
    assertThat(reads(car, new CarReader.Limits(200, 2, car.length - 1))).isFalse();
  }

  @Test
  void stopsAnEndlessStreamOfBlocks() {
    byte[] start = CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK));
    byte[] section = Arrays.copyOfRange(start, start.length - 38, start.length);
    InputStream endless =
        new SequenceInputStream(new ByteArrayInputStream(start), new Loop(section));

    assertThatThrownBy(() -> new CarReader(endless, LIMITS).readAll())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("10000 blocks");
  }

  @Test
  void answersEveryMutationWithBlocksOrANamedError() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    byte[] car = CarWriter.toBytes(BLOCK.cid(), List.of(BLOCK, block(new byte[50])));
    int secondCodec = car.length - 50 - Cid.LENGTH + 1;
    int firstCodec = secondCodec - 1 - BLOCK.bytes().length - Cid.LENGTH;
    for (int i = 0; i < 5_000; i++) {
      byte[] mutated = car.clone();
      mutated[random.nextInt(car.length)] = (byte) random.nextInt();
      if (!Arrays.equals(car, mutated)) {
        int at = Arrays.mismatch(car, mutated);
        // The hash does not cover the codec: as raw, it is another valid CID of the same block.
        boolean madeRaw = (at == firstCodec || at == secondCodec) && mutated[at] == 0x55;
        boolean inRoot = at < 50;
        assertThat(reads(mutated) && !inRoot).as("seed %d", seed).isEqualTo(madeRaw);
      }
    }
  }

  @Test
  void closesTheStream() throws IOException {
    boolean[] closed = new boolean[1];
    InputStream in =
        new ByteArrayInputStream(CarWriter.toBytes(BLOCK.cid(), List.of())) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };

    new CarReader(in, LIMITS).close();

    assertThat(closed[0]).isTrue();
  }

  private static CarReader open(byte[] car) throws IOException {
    return new CarReader(new ByteArrayInputStream(car), LIMITS);
  }

  private static boolean reads(byte[] car) {
    return reads(car, LIMITS);
  }

  private static boolean reads(byte[] car, CarReader.Limits limits) {
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), limits)) {
      Optional<Block> block = reader.next();
      while (block.isPresent()) {
        block = reader.next();
      }
      return true;
    } catch (DataException refused) {
      return false;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Block block(byte[] bytes) {
    return new Block(Cid.ofDagCbor(bytes), bytes);
  }

  private static byte[] concat(byte[] left, byte[] right) {
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  private static final class Loop extends InputStream {
    private final byte[] bytes;
    private int at;

    Loop(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes[at++ % bytes.length] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) {
      for (int i = 0; i < length; i++) {
        target[from + i] = (byte) read();
      }
      return length;
    }
  }
}

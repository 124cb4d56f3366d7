package dev.virga.functions.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.DataModel;
import dev.virga.atproto.data.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The readers of {@code dev.virga.atproto.data}. */
final class DataTargets {
  private static final CarReader.Limits LIMITS = new CarReader.Limits(16_384, 500, 65_536);

  private DataTargets() {}

  /** What decodes is canonical: it encodes to the same bytes. */
  static void dagCbor(byte[] input) {
    Value value;
    try {
      value = DagCbor.decode(input);
    } catch (DataException refused) {
      return;
    }
    assertThat(DagCbor.encode(value)).isEqualTo(input);
    modelled(value);
    try {
      DataJson.parse(DataJson.toJson(value));
    } catch (DataException keysThatJsonReserves) {
      return;
    }
  }

  /** What parses is written so that it parses to the same, and survives DAG-CBOR. */
  static void json(byte[] input) {
    Value value;
    try {
      value = DataJson.parse(input);
    } catch (DataException refused) {
      return;
    }
    assertThat(DataJson.parse(DataJson.toJson(value))).isEqualTo(value);
    assertThat(DagCbor.decode(DagCbor.encode(value))).isEqualTo(value);
    modelled(value);
  }

  private static void modelled(Value value) {
    try {
      assertThat(DataModel.check(value)).isSameAs(value);
    } catch (DataException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }

  /** What is read can be written and read again, block by block. */
  static void car(byte[] input) {
    List<Block> blocks = new ArrayList<>();
    try (CarReader reader = new CarReader(new ByteArrayInputStream(input), LIMITS)) {
      List<Cid> roots = reader.roots();
      for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
        assertThat(next.get().cid().addresses(next.get().bytes())).isTrue();
        blocks.add(next.get());
      }
      assertThat(blocks(write(roots, blocks))).isEqualTo(blocks.stream().map(Block::cid).toList());
    } catch (DataException refused) {
      assertThat(blocks).hasSizeLessThanOrEqualTo(500);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] write(List<Cid> roots, List<Block> blocks) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, roots);
    for (Block block : blocks) {
      writer.write(block);
    }
    return out.toByteArray();
  }

  private static List<Cid> blocks(byte[] car) throws IOException {
    CarReader.Limits wide = new CarReader.Limits(16_384, 500, 262_144);
    List<Cid> cids = new ArrayList<>();
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), wide)) {
      for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
        cids.add(next.get().cid());
      }
    }
    return cids;
  }
}

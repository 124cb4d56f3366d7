package dev.virga.bench.library;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.lexicon.RecordSchema;
import dev.virga.atproto.syntax.Nsid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Records: CBOR, JSON, their CIDs, their lexicon; and CARs of a thousand of them. */
@State(Scope.Benchmark)
public class DataBench {
  private final Value.Obj post = Samples.post(1);
  private final byte[] cbor = DagCbor.encode(post);
  private final byte[] json = DataJson.toJson(post);
  private final RecordSchema schema =
      Lexicons.bundled().record(Nsid.parse(Samples.POST)).orElseThrow();
  private final List<Block> blocks = blocks();
  private final byte[] car = CarWriter.toBytes(blocks.getFirst().cid(), blocks);

  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = DagCbor.encode(Samples.post(i));
      blocks.add(new Block(Cid.ofDagCbor(bytes), bytes));
    }
    return blocks;
  }

  @Benchmark
  public byte[] cborEncodePost() {
    return DagCbor.encode(post);
  }

  @Benchmark
  public Value cborDecodePost() {
    return DagCbor.decode(cbor);
  }

  @Benchmark
  public Value jsonParsePost() {
    return DataJson.parse(json);
  }

  @Benchmark
  public byte[] jsonWritePost() {
    return DataJson.toJson(post);
  }

  @Benchmark
  public Cid cidOfPost() {
    return Cid.ofDagCbor(cbor);
  }

  @Benchmark
  public Value.Obj lexiconValidatePost() {
    schema.validate(post);
    return post;
  }

  @Benchmark
  public byte[] carWrite1000Posts() {
    return CarWriter.toBytes(blocks.getFirst().cid(), blocks);
  }

  @Benchmark
  public Map<Cid, byte[]> carRead1000Posts() throws IOException {
    CarReader.Limits limits = new CarReader.Limits(1 << 20, 10_000, 1L << 30);
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), limits)) {
      return reader.readAll();
    }
  }
}

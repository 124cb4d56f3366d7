package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DataModelTest {
  @Test
  void returnsTheRecord() {
    Value.Obj record = Value.Obj.builder().put("$type", "com.example.record").build();

    assertThat(DataModel.check(record)).isSameAs(record);
  }

  @Test
  void refusesKeysThatJsonCouldNotCarry() {
    for (String key : List.of("$link", "$bytes")) {
      Value.Obj inner = Value.Obj.builder().put(key, "x").put("y", 1).build();
      Value.Obj record = Value.Obj.builder().put("a", new Value.Array(List.of(inner))).build();

      assertThatThrownBy(() -> DataModel.check(record)).isInstanceOf(DataException.class);
    }
  }

  @Test
  void refusesMalformedBlobsAtAnyDepth() {
    Value.Obj blob = new BlobRef(Cid.ofRaw(new byte[1]), "image/png", 1).toValue();
    Value cborLink = Value.of(Cid.ofDagCbor(new byte[1]));

    assertThat(DataModel.check(holding(blob))).isNotNull();
    for (Value.Obj bad :
        List.of(
            blob.without("ref"),
            blob.without("size"),
            blob.with("size", Value.of(-1)),
            blob.with("mimeType", Value.of("")),
            blob.with("ref", Value.of("text")),
            blob.with("ref", cborLink))) {
      assertThatThrownBy(() -> DataModel.check(holding(bad)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("blob");
    }
  }

  @Test
  void refusesDeepNesting() {
    Value.Obj record = Value.Obj.builder().put("a", DagCborTest.nested(DagCbor.MAX_DEPTH)).build();

    assertThatThrownBy(() -> DataModel.check(record)).isInstanceOf(DataException.class);
  }

  private static Value.Obj holding(Value.Obj inner) {
    return Value.Obj.builder().put("list", new Value.Array(List.of(Value.of(1), inner))).build();
  }
}

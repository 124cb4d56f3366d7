package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlobRefTest {
  private static final BlobRef ONE = new BlobRef(Cid.ofRaw(new byte[1]), "image/png", 1);
  private static final BlobRef TWO = new BlobRef(Cid.ofRaw(new byte[2]), "video/mp4", 0);

  @Test
  void turnsIntoAValueAndBack() {
    assertThat(BlobRef.from(ONE.toValue())).contains(ONE);
    assertThat(ONE.toValue().text("$type")).contains("blob");
  }

  @Test
  void ignoresOtherKeysAndOtherShapes() {
    assertThat(BlobRef.from(ONE.toValue().with("alt", Value.of("x")))).contains(ONE);
    assertThat(BlobRef.from(ONE.toValue().without("$type"))).isEmpty();
    assertThat(BlobRef.from(ONE.toValue().with("$type", Value.of("blobs")))).isEmpty();
    assertThat(BlobRef.from(Value.Obj.EMPTY)).isEmpty();
  }

  @Test
  void findsBlobsWhereverTheyAre() {
    Value record =
        Value.Obj.builder()
            .put("embed", Value.Obj.builder().put("thumb", ONE.toValue()).build())
            .put("images", new Value.Array(List.of(TWO.toValue(), ONE.toValue())))
            .put("text", "no blob")
            .build();

    assertThat(BlobRef.findAll(record)).containsExactly(ONE, TWO, ONE);
    assertThat(BlobRef.findAll(ONE.toValue())).containsExactly(ONE);
    assertThat(BlobRef.findAll(Value.of(1))).isEmpty();
  }

  @Test
  void cannotBeMadeOfNonsense() {
    Cid block = Cid.ofDagCbor(new byte[1]);
    assertThatThrownBy(() -> new BlobRef(block, "a/b", 1)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> new BlobRef(ONE.cid(), "", 1)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> new BlobRef(ONE.cid(), "a/b", -1)).isInstanceOf(DataException.class);
  }
}

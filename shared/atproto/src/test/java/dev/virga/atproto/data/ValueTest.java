package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ValueTest {
  @Test
  void iteratesInCanonicalOrderWhateverTheMapWas() {
    TreeMap<String, Value> byString = new TreeMap<>();
    byString.put("aaa", Value.of(1));
    byString.put("b", Value.of(2));
    byString.put("ab", Value.of(3));

    assertThat(new Value.Obj(byString).entries().keySet()).containsExactly("b", "ab", "aaa");
    assertThat(new Value.Obj(Map.copyOf(byString))).isEqualTo(new Value.Obj(byString));
  }

  @Test
  void findsEveryKeyOfSmallAndLargeMaps() {
    for (int size : new int[] {0, 1, 12, 13, 500}) {
      Value.Builder builder = Value.Obj.builder();
      for (int i = size; i > 0; i--) {
        builder.put("k" + i, i);
      }
      Value.Obj obj = builder.build();

      for (int i = 1; i <= size; i++) {
        assertThat(obj.integer("k" + i)).hasValue(i);
        assertThat(obj.has("k" + i)).isTrue();
      }
      assertThat(obj.has("k0")).isFalse();
      assertThat(obj.get("")).isEmpty();
      assertThat(obj.entries()).hasSize(size);
    }
  }

  @Test
  void behavesAsTheSortedMapItStandsFor() {
    long seed = Long.getLong("virga.seed", 1);
    Value.Obj obj = new RandomValues(seed).obj();
    TreeMap<String, Value> model = new TreeMap<>(CanonicalOrder.KEYS);
    model.putAll(obj.entries());

    assertThat(obj.entries()).as("seed %d", seed).isEqualTo(model);
    assertThat(model).isEqualTo(obj.entries());
    assertThat(obj.entries().hashCode()).isEqualTo(model.hashCode());
    assertThat(new ArrayList<>(obj.entries().values())).isEqualTo(new ArrayList<>(model.values()));
    for (String key : List.of("", "m", "kk", "zzzz")) {
      assertThat(obj.entries().headMap(key)).isEqualTo(model.headMap(key));
      assertThat(obj.entries().tailMap(key)).isEqualTo(model.tailMap(key));
    }
    assertThat(obj.entries().subMap("b", "mm")).isEqualTo(model.subMap("b", "mm"));
    assertThatThrownBy(() -> obj.entries().subMap("mm", "b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knowsItsFirstAndLastKey() {
    Value.Obj obj = Value.Obj.builder().put("bb", 1).put("c", 2).build();

    assertThat(obj.entries().firstKey()).isEqualTo("c");
    assertThat(obj.entries().lastKey()).isEqualTo("bb");
    assertThatThrownBy(() -> Value.Obj.EMPTY.entries().firstKey())
        .isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void cannotBeChanged() {
    Value.Obj obj = Value.Obj.builder().put("a", 1).build();

    assertThatThrownBy(() -> obj.entries().put("b", Value.of(1)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> obj.entries().remove("a"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(obj.with("b", Value.of(2)).without("a"))
        .isEqualTo(Value.Obj.builder().put("b", 2).build());
    assertThat(obj.integer("a")).hasValue(1);
    assertThat(obj.without("z")).isSameAs(obj);
  }

  @Test
  void answersEmptyForAbsentKeysAndOtherKinds() {
    Cid cid = Cid.ofRaw(new byte[1]);
    Value.Obj obj =
        Value.Obj.builder()
            .put("text", "t")
            .put("int", 1)
            .put("bool", true)
            .put("link", cid)
            .put("bytes", new Value.Bytes(new byte[] {7}))
            .put("array", new Value.Array(List.of()))
            .put("obj", Value.Obj.EMPTY)
            .build();

    assertThat(obj.text("text")).contains("t");
    assertThat(obj.bool("bool")).contains(true);
    assertThat(obj.link("link")).contains(cid);
    assertThat(obj.bytes("bytes")).contains(new byte[] {7});
    assertThat(obj.array("array")).contains(List.of());
    assertThat(obj.obj("obj")).contains(Value.Obj.EMPTY);
    assertThat(obj.text("int")).isEmpty();
    assertThat(obj.integer("text")).isEmpty();
    assertThat(obj.bool("absent")).isEmpty();
    assertThat(obj.link("text")).isEmpty();
    assertThat(obj.bytes("text")).isEmpty();
    assertThat(obj.array("obj")).isEmpty();
    assertThat(obj.obj("array")).isEmpty();
  }

  @Test
  void comparesBytesByContent() {
    assertThat(new Value.Bytes(new byte[] {1})).isEqualTo(new Value.Bytes(new byte[] {1}));
    assertThat(new Value.Bytes(new byte[] {1})).hasSameHashCodeAs(new Value.Bytes(new byte[] {1}));
    assertThat(new Value.Bytes(new byte[] {1})).isNotEqualTo(new Value.Bytes(new byte[] {2}));
  }
}

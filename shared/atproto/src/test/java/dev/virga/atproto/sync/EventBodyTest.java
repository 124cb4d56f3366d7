package dev.virga.atproto.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class EventBodyTest {
  static final List<EventBody> ALL = Samples.ALL;

  private static byte[] atRest(EventBody body, Value.Obj fields) {
    return DagCbor.encode(new Value.Array(List.of(Value.of(body.type()), fields)));
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void roundTripsAtRest(EventBody body) {
    EventBody read = EventBody.decode(body.encode());

    assertThat(read).isEqualTo(body).hasSameHashCodeAs(body);
    assertThat(read.did()).isEqualTo(Samples.DID);
    assertThat(read.frame(7, Samples.TIME)).isEqualTo(body.frame(7, Samples.TIME));
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void restsAsCanonicalDagCborWithoutNumberAndTime(EventBody body) {
    Value.Obj fields = body.fields();

    assertThat(body.encode()).isEqualTo(atRest(body, fields));
    assertThat(fields.has("seq")).isFalse();
    assertThat(fields.has("time")).isFalse();
  }

  @Test
  void restsWithoutBlocksAndGetsThemBack() {
    CommitEvent resting = Samples.COMMIT.withBlocks(new byte[0]);

    CommitEvent read = (CommitEvent) EventBody.decode(resting.encode());

    assertThat(read.withBlocks(Samples.BLOCKS)).isEqualTo(Samples.COMMIT);
    assertThat(read).isNotEqualTo(Samples.COMMIT);
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void refusesEventsThatLackAField(EventBody body) {
    Value.Obj obj = body.fields();
    List<String> optional =
        List.of("since", "prevData", "handle", "status", "blobs", "rebase", "tooBig");
    for (String key : obj.entries().keySet()) {
      if (!optional.contains(key)) {
        assertThatThrownBy(() -> EventBody.decode(atRest(body, obj.without(key))))
            .as("%s without %s", body.type(), key)
            .isInstanceOf(DataException.class);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void refusesFieldsOfTheWrongKind(EventBody body) {
    Value.Obj obj = body.fields();
    List<String> unread = List.of("blobs", "rebase", "tooBig");
    for (String key : obj.entries().keySet()) {
      if (!unread.contains(key)) {
        assertThatThrownBy(() -> EventBody.decode(atRest(body, obj.with(key, Value.of(5)))))
            .as("%s with %s = 5", body.type(), key)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void refusesEventsCutAnywhere(EventBody body) {
    byte[] bytes = body.encode();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> EventBody.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}

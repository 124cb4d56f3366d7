package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DagCborTest {
  @Test
  void roundTrips() {
    Value.Obj v =
        Value.Obj.builder()
            .put("a", 1)
            .put("bb", "x".repeat(100_000))
            .put("c", Cid.ofRaw(new byte[3]))
            .put("d", -5_000_000_000L)
            .put("e", 3_000_000_000L)
            .put("f", Long.MIN_VALUE)
            .build();
    assertThat(DagCbor.decode(DagCbor.encode(v))).isEqualTo(v);
  }
}

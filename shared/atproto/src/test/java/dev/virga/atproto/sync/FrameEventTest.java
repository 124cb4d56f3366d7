package dev.virga.atproto.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Reading events back out of messages. */
class FrameEventTest {
  static final List<EventBody> ALL = Samples.ALL;

  @ParameterizedTest
  @FieldSource("ALL")
  void readsEveryEvent(EventBody body) {
    byte[] bytes = body.frame(9_007_199_254_740_991L, Samples.TIME);

    assertThat(Frame.decode(bytes).event())
        .contains(new Frame.Event(9_007_199_254_740_991L, Samples.TIME, body));
  }

  @Test
  void findsNoEventInNoticesAndErrors() {
    assertThat(Frame.decode(new InfoMessage("OutdatedCursor", "é and 😀").frame()).event())
        .isEmpty();
    assertThat(Frame.decode(Frame.error("FutureCursor", "m")).event()).isEmpty();
  }

  @Test
  void letsUnknownFieldsPass() {
    byte[] frame =
        EventFrameTest.message("#commit", Samples.commitPayload().put("future", 1).build());

    assertThat(Frame.decode(frame).event())
        .contains(new Frame.Event(7, Samples.TIME, Samples.COMMIT));
  }

  @Test
  void refusesUnknownTypesAndMissingNumbers() {
    Value.Obj payload = Samples.commitPayload().build();
    for (byte[] frame :
        List.of(
            EventFrameTest.message("#future", payload),
            EventFrameTest.message("", payload),
            EventFrameTest.message("#" + "x".repeat(40), payload),
            EventFrameTest.message("#commit", payload.without("seq")),
            EventFrameTest.message("#commit", payload.without("time")),
            EventFrameTest.message("#commit", payload.with("seq", Value.of(0))),
            EventFrameTest.message("#commit", payload.with("seq", Value.of(1L << 53))),
            EventFrameTest.message("#commit", payload.with("time", Value.of("yesterday"))),
            EventFrameTest.message("#commit", payload.with("ops", Value.of(1))),
            EventFrameTest.message(
                "#commit", payload.with("ops", new Value.Array(List.of(Value.of(1))))))) {
      assertThatThrownBy(() -> Frame.decode(frame).event())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesFramesCutAnywhereOrWithMoreBehind() {
    for (byte[] bytes :
        List.of(
            Samples.COMMIT.frame(7, Samples.TIME),
            Frame.error("FutureCursor", "m"),
            new InfoMessage("OutdatedCursor", "m").frame())) {
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> Frame.decode(cut)).isInstanceOf(DataException.class);
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThatThrownBy(() -> Frame.decode(longer)).isInstanceOf(DataException.class);
    }
  }

  @Test
  void refusesFramesThatAreTooLong() {
    assertThatThrownBy(() -> Frame.decode(new byte[Frame.MAX_BYTES + 1]))
        .isInstanceOf(DataException.class);
  }

  @Test
  void answersDamageWithANamedErrorOnly() {
    long seed = 53;
    Random random = new Random(seed);
    byte[] good = Samples.COMMIT.frame(7, Samples.TIME);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = good.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        Frame.decode(damaged).event().ifPresent(event -> event.body().frame(1, event.time()));
      } catch (IllegalArgumentException refused) {
        assertThat(refused.getMessage()).as("seed %s, round %s", seed, round).isNotBlank();
      }
    }
  }
}

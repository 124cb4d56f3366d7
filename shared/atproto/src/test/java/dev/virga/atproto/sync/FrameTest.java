package dev.virga.atproto.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameTest {
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Tid SINCE = Tid.parse("3jzfcijpj2z27");
  private static final Cid ONE = Cid.ofDagCbor(new byte[] {1});
  private static final Cid TWO = Cid.ofDagCbor(new byte[] {2});
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

  private static List<EventBody> events() {
    return List.of(
        new CommitEvent(
            ALICE,
            REV,
            SINCE,
            ONE,
            new byte[] {9, 9},
            List.of(
                new CommitEvent.Op("create", "com.example.note/a", TWO, null),
                new CommitEvent.Op("update", "com.example.note/b", TWO, ONE),
                new CommitEvent.Op("delete", "com.example.note/c", null, ONE)),
            TWO),
        new CommitEvent(ALICE, REV, null, ONE, new byte[0], List.of(), null),
        new SyncEvent(ALICE, REV, new byte[] {1, 2, 3}),
        new IdentityEvent(ALICE, Handle.parse("alice.test")),
        new IdentityEvent(ALICE, null),
        AccountEvent.active(ALICE),
        new AccountEvent(ALICE, false, "takendown"));
  }

  @ParameterizedTest
  @MethodSource("events")
  void storedEventsAreReadBack(EventBody event) {
    EventBody read = EventBody.decode(event.encode());
    assertThat(read.type()).isEqualTo(event.type());
    assertThat(read.did()).isEqualTo(ALICE);
    assertThat(read.fields()).isEqualTo(event.fields());
  }

  @ParameterizedTest
  @MethodSource("events")
  void framesHoldTheFieldsAndTheNumber(EventBody event) {
    Frame frame = Frame.decode(event.frame(42, TIME));
    assertThat(frame.type()).contains(event.type());
    assertThat(frame.payload().integer("seq")).hasValue(42);
    assertThat(frame.payload().text("time")).contains("2026-01-02T03:04:05.678Z");
    assertThat(frame.payload().without("seq").without("time")).isEqualTo(event.fields());
  }

  @Test
  void commitsHaveTheFieldsOfTheSpecificationAndNoOthers() {
    String json = DataJson.toText(events().get(0).fields());
    assertThat(json)
        .isEqualTo(
            "{\"ops\":["
                + "{\"cid\":{\"$link\":\"TWO\"},\"path\":\"com.example.note/a\",\"action\":\"create\"},"
                    .replace("TWO", TWO.toString())
                + "{\"cid\":{\"$link\":\"TWO\"},\"path\":\"com.example.note/b\",\"prev\":{\"$link\":\"ONE\"},\"action\":\"update\"},"
                    .replace("TWO", TWO.toString())
                    .replace("ONE", ONE.toString())
                + "{\"cid\":null,\"path\":\"com.example.note/c\",\"prev\":{\"$link\":\"ONE\"},\"action\":\"delete\"}],"
                    .replace("ONE", ONE.toString())
                + "\"rev\":\"3jzfcijpj2z2a\",\"repo\":\"did:plc:ewvi7nxzyoun6zhxrhs64oiz\","
                + "\"blobs\":[],\"since\":\"3jzfcijpj2z27\",\"blocks\":{\"$bytes\":\"CQk\"},"
                + "\"commit\":{\"$link\":\"ONE\"},".replace("ONE", ONE.toString())
                + "\"rebase\":false,\"tooBig\":false,"
                + "\"prevData\":{\"$link\":\"TWO\"}}".replace("TWO", TWO.toString()));
  }

  @Test
  void aFirstCommitSaysThatSinceIsNullAndLeavesPrevDataOut() {
    Value.Obj fields = events().get(1).fields();
    assertThat(fields.get("since")).contains(Value.Null.NULL);
    assertThat(fields.has("prevData")).isFalse();
  }

  @Test
  void headersAreByteExact() {
    byte[] account = AccountEvent.active(ALICE).frame(1, TIME);
    // {"t": "#account", "op": 1}
    assertThat(HexFormat.of().formatHex(account, 0, 15))
        .isEqualTo("a2617468236163636f756e74626f70");
    byte[] error = Frame.error("FutureCursor", "Cursor in the future.");
    assertThat(HexFormat.of().formatHex(error, 0, 5)).isEqualTo("a1626f7020");
    Frame read = Frame.decode(error);
    assertThat(read.type()).isEmpty();
    assertThat(read.payload().text("error")).contains("FutureCursor");
    Frame info = Frame.decode(new InfoMessage("OutdatedCursor", "gone").frame());
    assertThat(info.type()).contains("#info");
    assertThat(info.payload().has("seq")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("events")
  void storedEventsBecomeTheSameFramesWithoutBeingRead(EventBody event) {
    byte[] stored = event.encode();

    assertThat(EventBody.frame(stored, null, 1L << 40, TIME))
        .isEqualTo(event.frame(1L << 40, TIME));
    if (event instanceof CommitEvent commit) {
      byte[] blocks = new byte[70_000];
      assertThat(EventBody.frame(stored, blocks, 7, TIME))
          .isEqualTo(commit.withBlocks(blocks).frame(7, TIME));
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void whatIsNoStoredEventBecomesNoFrame(EventBody event) {
    byte[] stored = event.encode();
    for (int length = 0; length < stored.length; length++) {
      byte[] cut = Arrays.copyOf(stored, length);
      assertThatThrownBy(() -> EventBody.frame(cut, null, 7, TIME))
          .isInstanceOf(DataException.class);
    }
    assertThatThrownBy(
            () -> EventBody.frame(Arrays.copyOf(stored, stored.length + 1), null, 7, TIME))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> EventBody.frame(stored, new byte[2_000_001], 7, TIME))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> EventBody.frame(stored, null, 0, TIME))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNotAFrameOrAnEventIsRefusedByNameWhateverItsBytes() {
    byte[] good = events().get(0).frame(7, TIME);
    byte[] stored = events().get(0).encode();
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> Frame.decode(cut)).isInstanceOf(DataException.class);
    }
    long seed = 20_260_101;
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(60)];
      random.nextBytes(noise);
      assertThatThrownBy(() -> Frame.decode(noise), "seed %s", seed)
          .isInstanceOf(DataException.class);
      assertThatThrownBy(() -> EventBody.decode(noise), "seed %s", seed)
          .isInstanceOf(DataException.class);
    }
    assertThatThrownBy(() -> EventBody.decode(Arrays.copyOf(stored, stored.length - 1)))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> EventBody.decode("text".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DataException.class);
  }
}

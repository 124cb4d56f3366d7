package dev.virga.atproto.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, compared with the general encoder or with bytes written by hand. */
class EventFrameTest {
  static byte[] message(String type, Value.Obj payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(DagCbor.encode(Value.Obj.builder().put("op", 1).put("t", type).build()));
    bytes.writeBytes(DagCbor.encode(payload));
    return bytes.toByteArray();
  }

  private static Value.Builder numbered() {
    return Value.Obj.builder()
        .put("seq", 7)
        .put("time", Samples.TIME_TEXT)
        .put("did", Samples.DID.text());
  }

  private static String hex(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void writesACommit() {
    assertThat(Samples.COMMIT.frame(7, Samples.TIME))
        .isEqualTo(message("#commit", Samples.commitPayload().build()));
  }

  @Test
  void writesAFirstCommitWithNullSinceAndWithoutPrevData() {
    Value.Obj payload =
        Samples.commitPayload()
            .put("since", Value.Null.NULL)
            .put("ops", new Value.Array(List.of()))
            .build()
            .without("prevData");

    assertThat(Samples.FIRST_COMMIT.frame(7, Samples.TIME)).isEqualTo(message("#commit", payload));
  }

  @Test
  void writesTheOtherEvents() {
    assertThat(Samples.SYNC.frame(7, Samples.TIME))
        .isEqualTo(
            message(
                "#sync",
                numbered()
                    .put("rev", Samples.REV.toString())
                    .put("blocks", new Value.Bytes(Samples.BLOCKS))
                    .build()));
    assertThat(Samples.IDENTITY.frame(7, Samples.TIME))
        .isEqualTo(message("#identity", numbered().put("handle", "alice.test").build()));
    assertThat(Samples.ACCOUNT.frame(7, Samples.TIME))
        .isEqualTo(
            message(
                "#account", numbered().put("active", false).put("status", "deactivated").build()));
  }

  @Test
  void leavesOutWhatIsNotSaid() {
    assertThat(new IdentityEvent(Samples.DID, null).frame(7, Samples.TIME))
        .isEqualTo(message("#identity", numbered().build()));
    assertThat(AccountEvent.active(Samples.DID).frame(7, Samples.TIME))
        .isEqualTo(message("#account", numbered().put("active", true).build()));
  }

  @Test
  void writesAnEventAsByHand() {
    String expected =
        "a2"
            + "6174"
            + "68"
            + hex("#account")
            + "626f7001"
            + "a4"
            + "63"
            + hex("did")
            + "7820"
            + hex(Samples.DID.text())
            + "63"
            + hex("seq")
            + "07"
            + "64"
            + hex("time")
            + "7818"
            + hex(Samples.TIME_TEXT)
            + "66"
            + hex("active")
            + "f5";

    assertThat(AccountEvent.active(Samples.DID).frame(7, Samples.TIME))
        .isEqualTo(HexFormat.of().parseHex(expected));
  }

  @Test
  void writesTimesInMilliseconds() {
    byte[] frame = Samples.IDENTITY.frame(1, Instant.parse("2026-01-01T00:00:00.999999Z"));

    assertThat(new String(frame, StandardCharsets.ISO_8859_1)).contains("2026-01-01T00:00:00.999Z");
  }

  @ParameterizedTest
  @ValueSource(
      longs = {1, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295L, 4_294_967_296L, (1L << 53) - 1})
  void writesEveryNumberInItsShortestForm(long seq) {
    assertThat(Samples.ACCOUNT.frame(seq, Samples.TIME))
        .isEqualTo(
            message(
                "#account",
                numbered()
                    .put("seq", seq)
                    .put("active", false)
                    .put("status", "deactivated")
                    .build()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1L << 53, Long.MAX_VALUE})
  void refusesNumbersThatConsumersWould(long seq) {
    assertThatThrownBy(() -> Samples.IDENTITY.frame(seq, Samples.TIME))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 23, 24, 255, 256, 65_535, 65_536, 2_000_000})
  void carriesBlocksOfEverySize(int size) {
    byte[] blocks = new byte[size];
    Arrays.fill(blocks, (byte) 0x5a);

    assertThat(Samples.COMMIT.withBlocks(blocks).frame(7, Samples.TIME))
        .isEqualTo(
            message(
                "#commit", Samples.commitPayload().put("blocks", new Value.Bytes(blocks)).build()));
  }

  @Test
  void carriesTwoHundredOperations() {
    CommitEvent.Op op = new CommitEvent.Op("create", "a.b.c/" + "k".repeat(512), Samples.B, null);
    CommitEvent most = commitOf(Collections.nCopies(200, op));

    byte[] frame = most.frame(7, Samples.TIME);

    assertThat(Frame.decode(frame).event()).contains(new Frame.Event(7, Samples.TIME, most));
    assertThatThrownBy(() -> commitOf(Collections.nCopies(201, op)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static CommitEvent commitOf(List<CommitEvent.Op> ops) {
    return new CommitEvent(Samples.DID, Samples.REV, null, Samples.A, Samples.BLOCKS, ops, null);
  }

  @Test
  void refusesMoreBlocksThanTheNetworkTakes() {
    assertThatThrownBy(() -> Samples.COMMIT.withBlocks(new byte[2_000_001]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SyncEvent(Samples.DID, Samples.REV, new byte[10_001]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesUnknownActions() {
    assertThatThrownBy(() -> new CommitEvent.Op("move", "a.b.c/d", Samples.A, null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

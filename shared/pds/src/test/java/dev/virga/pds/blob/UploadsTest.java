package dev.virga.pds.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.FakeClock;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Write;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadsTest {
  private static final Did ALICE = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Duration HOUR = Duration.ofHours(1);

  private final MemoryIndex index = new MemoryIndex();
  private final MemoryObjects objects = new MemoryObjects();
  private final FakeClock clock = new FakeClock();
  private final TidClock tids = new TidClock(clock, 1);
  private final Blobs blobs =
      new Blobs(
          index,
          objects,
          tids,
          did -> Optional.of(Write.check(BlobItems.head(did), Condition.PRESENT)));

  UploadsTest() {
    index.batchPut(List.of(new Entry(BlobItems.head(ALICE), Item.EMPTY)));
  }

  private BlobRef upload(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return blobs.upload(ALICE, new ByteArrayInputStream(bytes), "text/plain");
  }

  private void refer(BlobRef blob) throws Exception {
    Tid rev = tids.next();
    index.transact(
        Write.all(
            Write.put(
                BlobItems.reference(ALICE, blob.cid(), "com.example.note/a"), BlobItems.since(rev)),
            Write.update(
                BlobItems.blob(ALICE, blob.cid()), BlobItems.inUse(rev), Condition.PRESENT)));
  }

  private void sweep() {
    blobs.sweep(clock.instant().minus(HOUR));
  }

  @Test
  void whatIsNeverUsedIsRemovedWhenItIsOldEnough() throws Exception {
    BlobRef unused = upload("unused");
    BlobRef used = upload("used");
    refer(used);
    sweep();
    assertThat(blobs.find(ALICE, unused.cid())).isPresent();
    clock.advance(HOUR.multipliedBy(2));
    sweep();
    assertThat(blobs.find(ALICE, unused.cid())).isEmpty();
    assertThat(blobs.find(ALICE, used.cid())).isPresent();
    assertThat(objects.names()).hasSize(1);
    assertThat(index.entries()).noneMatch(entry -> entry.key().partition().equals("uploads"));
  }

  @Test
  void theSameBytesAgainGetTheirFullTimeAgainAndAreKeptOnce() throws Exception {
    BlobRef first = upload("bytes");
    clock.advance(HOUR.multipliedBy(2));
    assertThat(upload("bytes")).isEqualTo(first);
    sweep();
    assertThat(blobs.find(ALICE, first.cid())).isPresent();
    assertThat(objects.names()).hasSize(1);
    clock.advance(HOUR.multipliedBy(2));
    sweep();
    assertThat(blobs.find(ALICE, first.cid())).isEmpty();
  }

  @Test
  void aStreamThatBreaksLeavesNothing() {
    InputStream whole = new ByteArrayInputStream(new byte[100]);
    InputStream broken = new SequenceInputStream(whole, new PipedInputStream()); // not connected
    assertThatThrownBy(() -> blobs.upload(ALICE, broken, "text/plain"))
        .isInstanceOf(IOException.class);
    assertThat(objects.names()).isEmpty();
    assertThat(index.entries()).as("but for the head").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "89504E470D0A1A0A0000000D, image/png",
    "FFD8FFE000104A46494600, image/jpeg",
    "474946383961, image/gif",
    "52494646000000005745425056503820, image/webp",
    "0000001C6674797061766966, image/avif",
    "000000206674797069736F6D, video/mp4",
    "1A45DFA3934282886D6174, video/webm",
    "255044462D312E37, application/pdf",
    "68656C6C6F, text/x-said",
    "'', text/x-said"
  })
  void theBytesTellTheTypeAndElseTheClientDoes(String hex, String type) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    BlobRef blob =
        blobs.upload(ALICE, new ByteArrayInputStream(bytes), "text/x-said; charset=utf-8");
    assertThat(blob.mimeType()).isEqualTo(type);
    assertThat(blob.size()).isEqualTo(bytes.length);
    assertThat(blob.cid()).isEqualTo(Cid.ofRaw(bytes));
  }
}

package dev.virga.pds.jetstream;

import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Datetime;
import dev.virga.atproto.syntax.Did;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** Writes numbered events as JSON, one for each operation of a commit. */
final class EventEncoder {
  private static final Logger logger = LoggerFactory.getLogger(EventEncoder.class);

  /** Of our own packs, whose size the writer of the repository bounds. */
  private static final CarReader.Limits LIMITS =
      new CarReader.Limits(CommitEvent.MAX_BLOCKS, 100_000, 2L * CommitEvent.MAX_BLOCKS);

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES).build();

  private EventEncoder() {}

  /**
   * The events that a numbered event makes: one for each operation of a commit, none of {@code
   * #sync}.
   *
   * @param blocks of a commit with records, a CAR
   */
  static List<JetstreamEvent> encode(long seq, Instant time, EventBody event, byte[] blocks) {
    return switch (event) {
      case CommitEvent commit -> commit(seq, commit, blocks);
      case IdentityEvent identity ->
          List.of(about(seq, event.did(), "identity", out -> identity(out, seq, time, identity)));
      case AccountEvent account ->
          List.of(about(seq, event.did(), "account", out -> account(out, seq, time, account)));
      case SyncEvent _ -> List.of();
    };
  }

  /** What the events of {@link #encode} will be about, in their order. */
  static List<Topic> topics(EventBody event) {
    return switch (event) {
      case CommitEvent commit -> commit.ops().stream().map(op -> topic(commit, op)).toList();
      case IdentityEvent _, AccountEvent _ -> List.of(new Topic(event.did(), null));
      case SyncEvent _ -> List.of();
    };
  }

  private static JetstreamEvent about(
      long seq, Did did, String kind, Consumer<JsonGenerator> fields) {
    return new JetstreamEvent(new Topic(did, null), json(did, seq, kind, fields));
  }

  private static List<JetstreamEvent> commit(long seq, CommitEvent commit, byte[] blocks) {
    boolean hasRecords = commit.ops().stream().anyMatch(op -> op.cid() != null);
    Map<Cid, byte[]> records = hasRecords ? read(blocks) : Map.of();
    List<JetstreamEvent> events = new ArrayList<>(commit.ops().size());
    for (CommitEvent.Op op : commit.ops()) {
      byte @Nullable [] record = op.cid() == null ? null : records.get(op.cid());
      if (op.cid() != null && record == null) {
        logger.error("event {} has no block for {}/{}, left out", seq, commit.did(), op.path());
      } else {
        byte[] json = json(commit.did(), seq, "commit", out -> operation(out, commit, op, record));
        events.add(new JetstreamEvent(topic(commit, op), json));
      }
    }
    return events;
  }

  private static Topic topic(CommitEvent commit, CommitEvent.Op op) {
    return new Topic(commit.did(), op.path().substring(0, slash(op)));
  }

  private static int slash(CommitEvent.Op op) {
    int slash = op.path().indexOf('/');
    if (slash < 0) {
      throw new DataException("an operation on no record: " + op.path());
    }
    return slash;
  }

  private static Map<Cid, byte[]> read(byte[] car) {
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), LIMITS)) {
      return reader.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] json(Did did, long seq, String kind, Consumer<JsonGenerator> fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(768);
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      out.writeStartObject();
      text(out, "did", did.text());
      number(out, "time_us", seq);
      text(out, "kind", kind);
      out.writeName(kind);
      out.writeStartObject();
      fields.accept(out);
      out.writeEndObject();
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void operation(
      JsonGenerator out, CommitEvent commit, CommitEvent.Op op, byte @Nullable [] record) {
    text(out, "rev", commit.rev().toString());
    text(out, "operation", op.action());
    text(out, "collection", op.path().substring(0, slash(op)));
    text(out, "rkey", op.path().substring(slash(op) + 1));
    if (op.cid() != null && record != null) {
      out.writeName("record");
      DataJson.transcode(record, out);
      text(out, "cid", op.cid().toString());
    }
  }

  private static void identity(JsonGenerator out, long seq, Instant time, IdentityEvent event) {
    text(out, "did", event.did().text());
    if (event.handle() != null) {
      text(out, "handle", event.handle().text());
    }
    numbered(out, seq, time);
  }

  private static void account(JsonGenerator out, long seq, Instant time, AccountEvent event) {
    out.writeName("active");
    out.writeBoolean(event.active());
    text(out, "did", event.did().text());
    if (event.status() != null) {
      text(out, "status", event.status());
    }
    numbered(out, seq, time);
  }

  private static void numbered(JsonGenerator out, long seq, Instant time) {
    number(out, "seq", seq);
    text(out, "time", Datetime.of(time).text());
  }

  private static void text(JsonGenerator out, String name, String text) {
    out.writeName(name);
    out.writeString(text);
  }

  private static void number(JsonGenerator out, String name, long number) {
    out.writeName(name);
    out.writeNumber(number);
  }
}

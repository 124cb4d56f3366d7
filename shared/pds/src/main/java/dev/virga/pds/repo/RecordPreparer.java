package dev.virga.pds.repo;

import dev.virga.atproto.crypto.Sha256;
import dev.virga.atproto.data.Base32;
import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataModel;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.KeyType;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.lexicon.RecordSchema;
import dev.virga.atproto.lexicon.ValidationException;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Checks what a client wants to store as a record, and makes it ready to be stored. */
public final class RecordPreparer {
  /** The most bytes of a record. Source: atproto.com/specs/sync, "commit size limits". */
  static final int MAX_RECORD = 1_000_000;

  /** Where a record of these collections names what there may be only one of for it. */
  private static final Map<String, List<String>> UNIQUE_BY =
      Map.of(
          "app.bsky.feed.like", List.of("subject", "uri"),
          "app.bsky.feed.repost", List.of("subject", "uri"),
          "app.bsky.graph.follow", List.of("subject"),
          "app.bsky.graph.block", List.of("subject"));

  private static final Set<String> LEGACY_BLOB = Set.of("cid", "mimeType");

  private final Lexicons lexicons;
  private final Predicate<String> offensive;

  /**
   * @param offensive whether a record key is one that this server does not want
   */
  public RecordPreparer(Lexicons lexicons, Predicate<String> offensive) {
    this.lexicons = lexicons;
    this.offensive = offensive;
  }

  /** How strict to be, as the client's {@code validate} says. */
  public enum Validation {
    /** The schema must be known and fit. */
    REQUIRED,
    /** The schema must fit if it is known. */
    IF_KNOWN,
    /** Only the data model must fit. */
    NONE;

    public static Validation of(Optional<Boolean> validate) {
      return validate.map(strict -> strict ? REQUIRED : NONE).orElse(IF_KNOWN);
    }
  }

  /**
   * A record that may be stored.
   *
   * @param status {@code valid} or {@code unknown}; empty if it was not validated
   */
  public record Checked(RecordIntent.Prepared record, Optional<String> status) {}

  /**
   * Checks a record against its data model and schema, and encodes it.
   *
   * @throws XrpcException 400 InvalidRequest, saying what is wrong
   */
  public Checked prepare(RepoPath path, Value.Obj given, Validation validation) {
    Nsid collection = path.collection();
    if (isOffensive(path.rkey().text())) {
      throw XrpcException.invalidRequest("Unacceptable slur in record at: " + path.rkey());
    }
    Value.Obj record = withType(collection, given);
    checkDataModel(record);
    Optional<RecordSchema> schema = lexicons.record(collection);
    Optional<String> status = validate(path, record, schema, validation);
    byte[] bytes = DagCbor.encode(record);
    if (bytes.length > MAX_RECORD) {
      throw XrpcException.invalidRequest(
          "Record is too large: " + bytes.length + " of " + MAX_RECORD + " bytes");
    }
    List<BlobRef> blobs = BlobRef.findAll(record);
    return new Checked(
        new RecordIntent.Prepared(bytes, Cid.ofDagCbor(bytes), blobs, unique(collection, record)),
        status);
  }

  /** The key of a new record whose client left it to the server: the only one, or a fresh one. */
  public Optional<RecordKey> onlyKey(Nsid collection) {
    return lexicons
        .record(collection)
        .map(RecordSchema::keyType)
        .flatMap(
            type ->
                type instanceof KeyType.Literal(RecordKey key)
                    ? Optional.of(key)
                    : Optional.empty());
  }

  /** Timestamps are chosen by a clock: what one spells by chance must not refuse a record. */
  private boolean isOffensive(String rkey) {
    return !Tid.isValid(rkey) && offensive.test(rkey);
  }

  private static Value.Obj withType(Nsid collection, Value.Obj record) {
    Value type = record.get("$type").orElse(null);
    if (type == null) {
      Map<String, Value> entries = new TreeMap<>(record.entries());
      entries.put("$type", Value.of(collection.text()));
      return new Value.Obj(entries);
    }
    if (!(type instanceof Value.Text(String text)) || !text.equals(collection.text())) {
      throw XrpcException.invalidRequest(
          "Invalid $type: expected " + collection + ", got " + describe(type));
    }
    return record;
  }

  private static void checkDataModel(Value.Obj record) {
    if (holdsLegacyBlob(record)) {
      throw XrpcException.invalidRequest("Legacy blob ref in record");
    }
    try {
      DataModel.check(record);
    } catch (DataException e) {
      throw XrpcException.invalidRequest("Invalid record: " + e.getMessage());
    }
  }

  /** Whether there is a reference to a blob in the form of 2022, without a type and a size. */
  private static boolean holdsLegacyBlob(Value value) {
    return switch (value) {
      case Value.Obj obj ->
          (obj.entries().keySet().equals(LEGACY_BLOB)
                  && obj.text("cid").isPresent()
                  && obj.text("mimeType").isPresent())
              || obj.entries().values().stream().anyMatch(RecordPreparer::holdsLegacyBlob);
      case Value.Array(List<Value> items) ->
          items.stream().anyMatch(RecordPreparer::holdsLegacyBlob);
      default -> false;
    };
  }

  private static String describe(Value type) {
    return type instanceof Value.Text(String text) ? text : "something that is not text";
  }

  private static Optional<String> validate(
      RepoPath path, Value.Obj record, Optional<RecordSchema> schema, Validation validation) {
    try {
      if (schema.isPresent()) {
        schema.get().check(path.rkey());
      }
      return switch (validation) {
        case NONE -> Optional.empty();
        case REQUIRED, IF_KNOWN -> {
          if (schema.isPresent()) {
            schema.get().validate(record);
            yield Optional.of("valid");
          }
          if (validation == Validation.REQUIRED) {
            throw XrpcException.invalidRequest("Unknown lexicon type: " + path.collection());
          }
          yield Optional.of("unknown");
        }
      };
    } catch (ValidationException e) {
      throw XrpcException.invalidRequest(
          "Invalid " + path.collection() + " record: " + e.getMessage());
    }
  }

  /** What there should be one such record for only; null where there may be many. */
  static @Nullable String unique(Nsid collection, Value.Obj record) {
    List<String> way = UNIQUE_BY.get(collection.text());
    if (way == null) {
      return null;
    }
    Optional<Value> at = Optional.of(record);
    for (String step : way) {
      at = at.flatMap(value -> value instanceof Value.Obj obj ? obj.get(step) : Optional.empty());
    }
    // Subjects may be longer than keys, so the claim is made on their hash.
    return at.flatMap(
            value ->
                value instanceof Value.Text(String subject)
                    ? Optional.of(subject)
                    : Optional.empty())
        .map(
            subject ->
                collection
                    + "#"
                    + Base32.encode(Sha256.of(subject.getBytes(StandardCharsets.UTF_8))))
        .orElse(null);
  }
}

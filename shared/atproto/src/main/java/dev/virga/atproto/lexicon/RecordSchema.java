package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;

/**
 * What the records of one collection look like, of the {@link Lexicons} it came from. Immutable.
 */
public final class RecordSchema {
  private final Nsid collection;
  private final RecordDefinition definition;
  private final Lexicons lexicons;

  RecordSchema(Nsid collection, RecordDefinition definition, Lexicons lexicons) {
    this.collection = collection;
    this.definition = definition;
    this.lexicons = lexicons;
  }

  public Nsid collection() {
    return collection;
  }

  public KeyType keyType() {
    return definition.keyType();
  }

  /**
   * Checks a record key.
   *
   * @throws ValidationException if the collection does not allow it
   */
  public void check(RecordKey key) {
    definition.keyType().check(key);
  }

  /**
   * Checks a record, its {@code $type} included. Defaults are not filled in: a record is stored as
   * it was sent.
   *
   * @throws ValidationException naming the property, as in {@code Record/text must not be longer
   *     than 3000 bytes}
   */
  public void validate(Value.Obj record) {
    validate(record, new Trail(lexicons, "Record"));
  }

  /**
   * Checks a record like {@link #validate(Value.Obj)}, but lets blobs in the form of 2022 pass: for
   * profiles that still refer to pictures so.
   *
   * @throws ValidationException naming the property
   */
  public void validateWithLegacyBlobs(Value.Obj record) {
    validate(record, new Trail(lexicons, "Record", true));
  }

  private void validate(Value.Obj record, Trail at) {
    if (!(record.entries().get("$type") instanceof Value.Text(String type))) {
      throw new ValidationException("Record/$type must be a string");
    }
    if (!type.equals(collection.text())) {
      throw new ValidationException(
          "Invalid $type: must be " + collection + ", got " + shortened(type));
    }
    definition.object().validate(record, at);
  }

  private static String shortened(String type) {
    return type.length() <= 100 ? type : type.substring(0, 100) + "…";
  }
}

package dev.virga.atproto.data;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON form of the data model: links as {@code {"$link": "b…"}}, bytes as {@code {"$bytes":
 * base64}}, no floats.
 *
 * <p>An object with the key {@code $link} or {@code $bytes} must have no other and hold a string.
 * Base64 is written without padding and read with or without. {@code 1.0} and {@code 1e3} are
 * integers, as they are to JavaScript. {@code $type} is a key like any other here: {@link
 * DataModel} has the rules for records. Source: atproto.com/specs/data-model, "JSON
 * representation".
 */
public final class DataJson {
  /** Digits of a number; enough for 64 bits with a generous fraction of zeros. */
  private static final int MAX_NUMBER_LENGTH = 64;

  private static final Base64Variant BASE64 =
      Base64Variants.MIME_NO_LINEFEEDS.withWritePadding(false);

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // A link is an object in JSON and none in CBOR.
                  .maxNestingDepth(DagCbor.MAX_DEPTH + 1)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private DataJson() {}

  /**
   * Reads exactly one JSON value. Memory is bounded by a small multiple of the input.
   *
   * @throws DataException if it is not JSON, nests deeper than {@link DagCbor#MAX_DEPTH}, repeats a
   *     key, is not UTF-8 or well-formed Unicode, or holds a number that is no 64-bit integer
   */
  public static Value parse(byte[] utf8) {
    if (!Utf8.isValid(utf8)) {
      throw new DataException("not JSON: not UTF-8");
    }
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), utf8)) {
      Value value = read(in, in.nextToken(), 0);
      if (in.nextToken() != null) {
        throw new DataException("not JSON: more than one value");
      }
      return value;
    } catch (JacksonException e) {
      throw new DataException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Value read(JsonParser in, JsonToken token, int depth) {
    if (token == null) {
      throw new DataException("not JSON: it ends early");
    }
    return switch (token) {
      case VALUE_STRING -> new Value.Text(wellFormed(in.getString()));
      case VALUE_NUMBER_INT -> new Value.Int(in.getLongValue());
      case VALUE_NUMBER_FLOAT -> new Value.Int(integral(in.getString()));
      case VALUE_TRUE -> new Value.Bool(true);
      case VALUE_FALSE -> new Value.Bool(false);
      case VALUE_NULL -> Value.Null.NULL;
      case START_ARRAY -> readArray(in, depth);
      case START_OBJECT -> readObject(in, depth);
      default -> throw new DataException("not JSON");
    };
  }

  private static String wellFormed(String text) {
    if (Utf8.hasLoneSurrogate(text)) {
      throw new DataException("text with an unpaired surrogate");
    }
    return text;
  }

  private static long integral(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      if (number.signum() == 0) {
        return 0;
      }
      // The scale is bounded first: 1e999999999 would otherwise be written out.
      if (number.scale() >= -19 && number.scale() <= MAX_NUMBER_LENGTH) {
        return number.longValueExact();
      }
    } catch (NumberFormatException | ArithmeticException notIntegral) {
      // Refused below, like what was out of bounds.
    }
    throw new DataException("numbers must be integers of 64 bits");
  }

  private static Value readArray(JsonParser in, int depth) {
    DagCbor.checkDepth(depth);
    List<Value> items = new ArrayList<>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      items.add(read(in, token, depth + 1));
    }
    return new Value.Array(items);
  }

  private static Value readObject(JsonParser in, int depth) {
    List<String> keys = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_OBJECT; token = in.nextToken()) {
      if (token != JsonToken.PROPERTY_NAME) {
        throw new DataException("not JSON: it ends early");
      }
      keys.add(wellFormed(in.currentName()));
      values.add(read(in, in.nextToken(), depth + 1));
    }
    SortedEntries entries = SortedEntries.of(keys, values);
    if (entries.containsKey("$link")) {
      return new Value.Link(Cid.parse(onlyText(entries, "$link")));
    }
    if (entries.containsKey("$bytes")) {
      return new Value.Bytes(base64(onlyText(entries, "$bytes")));
    }
    DagCbor.checkDepth(depth);
    return new Value.Obj(entries);
  }

  private static String onlyText(SortedEntries entries, String key) {
    if (entries.size() == 1 && entries.valueAt(0) instanceof Value.Text(String text)) {
      return text;
    }
    throw new DataException("an object with " + key + " must hold a string and nothing else");
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new DataException("$bytes is not base64", e);
    }
  }

  /** Writes a value, its keys in canonical order. */
  public static void write(Value value, JsonGenerator out) {
    switch (value) {
      case Value.Text(String text) -> out.writeString(text);
      case Value.Int(long number) -> out.writeNumber(number);
      case Value.Bool(boolean flag) -> out.writeBoolean(flag);
      case Value.Null _ -> out.writeNull();
      case Value.Bytes(byte[] bytes) -> writeBytes(bytes, 0, bytes.length, out);
      case Value.Link(Cid cid) -> writeLink(cid, out);
      case Value.Array(List<Value> items) -> {
        out.writeStartArray();
        for (Value item : items) {
          write(item, out);
        }
        out.writeEndArray();
      }
      case Value.Obj obj -> {
        out.writeStartObject();
        SortedEntries entries = (SortedEntries) obj.entries();
        for (int i = 0; i < entries.size(); i++) {
          out.writeName(entries.keyAt(i));
          write(entries.valueAt(i), out);
        }
        out.writeEndObject();
      }
    }
  }

  /** A value as JSON in UTF-8, without white space. */
  public static byte[] toJson(Value value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(value, out);
    } catch (JacksonException e) {
      throw new DataException("cannot be written: " + e.getOriginalMessage(), e);
    }
    return bytes.toByteArray();
  }

  /** A value as JSON text, without white space. */
  public static String toText(Value value) {
    return new String(toJson(value), StandardCharsets.UTF_8);
  }

  /**
   * Writes the JSON form of an encoded value without building the value: for blocks that were
   * validated when they were stored.
   *
   * <p>Bounds, depth and shortest forms are checked, key order and UTF-8 are not.
   *
   * @param out a generator that writes to bytes, not to a {@code Writer}
   * @throws DataException if the bytes are not DAG-CBOR; part of it may be written by then
   */
  public static void transcode(byte[] dagCbor, JsonGenerator out) {
    CborCursor in = new CborCursor(dagCbor);
    transcode(in, dagCbor, out, 0);
    if (!in.atEnd()) {
      throw new DataException("not DAG-CBOR: more than one value");
    }
  }

  private static void transcode(CborCursor in, byte[] dagCbor, JsonGenerator out, int depth) {
    int major = in.next();
    switch (major) {
      case CborCursor.TEXT -> {
        out.writeUTF8String(dagCbor, in.offset(), in.length());
        in.skip();
      }
      case CborCursor.BYTES -> {
        writeBytes(dagCbor, in.offset(), in.length(), out);
        in.skip();
      }
      case CborCursor.LINK -> writeLink(in.cid(), out);
      case CborCursor.ARRAY -> transcodeArray(in, dagCbor, out, depth);
      case CborCursor.MAP -> transcodeMap(in, dagCbor, out, depth);
      case CborCursor.SIMPLE -> writeSimple(in.length(), out);
      default -> out.writeNumber(in.integer(major));
    }
  }

  private static void transcodeArray(CborCursor in, byte[] dagCbor, JsonGenerator out, int depth) {
    DagCbor.checkDepth(depth);
    out.writeStartArray();
    for (int left = in.length(); left > 0; left--) {
      transcode(in, dagCbor, out, depth + 1);
    }
    out.writeEndArray();
  }

  private static void transcodeMap(CborCursor in, byte[] dagCbor, JsonGenerator out, int depth) {
    DagCbor.checkDepth(depth);
    out.writeStartObject();
    for (int left = in.length(); left > 0; left--) {
      if (in.next() != CborCursor.TEXT) {
        throw new DataException("not DAG-CBOR: a key that is not text");
      }
      out.writeName(in.text());
      transcode(in, dagCbor, out, depth + 1);
    }
    out.writeEndObject();
  }

  private static void writeSimple(int simple, JsonGenerator out) {
    if (simple == CborCursor.NULL) {
      out.writeNull();
    } else {
      out.writeBoolean(simple == CborCursor.TRUE);
    }
  }

  private static void writeLink(Cid cid, JsonGenerator out) {
    out.writeStartObject();
    out.writeName("$link");
    out.writeString(cid.toString());
    out.writeEndObject();
  }

  private static void writeBytes(byte[] bytes, int from, int length, JsonGenerator out) {
    out.writeStartObject();
    out.writeName("$bytes");
    out.writeBinary(BASE64, bytes, from, length);
    out.writeEndObject();
  }
}

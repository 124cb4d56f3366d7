package dev.virga.atproto.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.SerializedString;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORGenerator;
import tools.jackson.dataformat.cbor.CBORParser;

/**
 * The binary form of the data model: DAG-CBOR as the AT Protocol restricts it, strict both ways.
 *
 * <p>One value has one encoding: shortest lengths and integers, definite items, map keys in
 * canonical order, no floats, no tag but 42. Jackson reads and writes the tokens; since its parser
 * accepts much more, decoding encodes again and compares. Source: atproto.com/specs/data-model; the
 * DRISL and DAG-CBOR specifications.
 */
public final class DagCbor {
  /**
   * How deep arrays and maps may nest. No lexicon comes near (relays stop at 32), and walking it by
   * recursion fits every thread's stack.
   */
  public static final int MAX_DEPTH = 128;

  /** Longer text goes to Jackson as bytes: from about 4,000 characters it would write chunks. */
  private static final int LONG_TEXT = 1_000;

  private static final int LINK_TAG = 42;

  private static final CBORFactory CBOR =
      CBORFactory.builder()
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private DagCbor() {}

  /**
   * Encodes a value.
   *
   * @throws DataException if it nests deeper than {@link #MAX_DEPTH} or holds an unpaired surrogate
   */
  public static byte[] encode(Value value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (CBORGenerator out =
        (CBORGenerator) CBOR.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(value, out, 0);
    } catch (JacksonException e) {
      throw new DataException("cannot be encoded: " + e.getOriginalMessage(), e);
    }
    return bytes.toByteArray();
  }

  /**
   * Decodes bytes that are exactly one value in its one encoding.
   *
   * @throws DataException if they are anything else
   */
  public static Value decode(byte[] bytes) {
    Value value;
    try (CBORParser in =
        (CBORParser) CBOR.createParser(ObjectReadContext.empty(), bytes, 0, bytes.length)) {
      value = read(in, in.nextToken(), 0);
    } catch (JacksonException e) {
      throw new DataException("not CBOR: " + e.getOriginalMessage(), e);
    }
    if (!Arrays.equals(bytes, encode(value))) {
      throw new DataException("not canonical DAG-CBOR");
    }
    return value;
  }

  /**
   * Decodes a map.
   *
   * @throws DataException if the bytes are anything else
   */
  public static Value.Obj decodeObj(byte[] bytes) {
    if (decode(bytes) instanceof Value.Obj obj) {
      return obj;
    }
    throw new DataException("a map is expected");
  }

  static void checkDepth(int depth) {
    if (depth >= MAX_DEPTH) {
      throw new DataException("nested deeper than " + MAX_DEPTH);
    }
  }

  private static void write(Value value, CBORGenerator out, int depth) {
    switch (value) {
      case Value.Text(String text) -> writeText(text, out);
      case Value.Int(long number) -> out.writeNumber(number);
      case Value.Bool(boolean flag) -> out.writeBoolean(flag);
      case Value.Null _ -> out.writeNull();
      case Value.Bytes(byte[] bytes) -> out.writeBinary(bytes);
      case Value.Link(Cid cid) -> writeLink(cid, out);
      case Value.Array(List<Value> items) -> {
        checkDepth(depth);
        out.writeStartArray(null, items.size());
        for (Value item : items) {
          write(item, out, depth + 1);
        }
        out.writeEndArray();
      }
      case Value.Obj obj -> {
        checkDepth(depth);
        writeObj((SortedEntries) obj.entries(), out, depth);
      }
    }
  }

  private static void writeObj(SortedEntries entries, CBORGenerator out, int depth) {
    out.writeStartObject(null, entries.size());
    for (int i = 0; i < entries.size(); i++) {
      String key = entries.keyAt(i);
      if (key.length() < LONG_TEXT) {
        out.writeName(key);
      } else {
        refuseLoneSurrogates(key);
        out.writeName(new SerializedString(key));
      }
      write(entries.valueAt(i), out, depth + 1);
    }
    out.writeEndObject();
  }

  private static void writeText(String text, CBORGenerator out) {
    if (text.length() < LONG_TEXT) {
      out.writeString(text);
    } else {
      refuseLoneSurrogates(text);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeUTF8String(bytes, 0, bytes.length);
    }
  }

  private static void refuseLoneSurrogates(String text) {
    if (Utf8.hasLoneSurrogate(text)) {
      throw new DataException("text with an unpaired surrogate");
    }
  }

  private static void writeLink(Cid cid, CBORGenerator out) {
    // The zero is the multibase prefix of "as binary", a leftover that the tag's definition keeps.
    byte[] bytes = new byte[1 + Cid.LENGTH];
    cid.copyTo(bytes, 1);
    out.writeTag(LINK_TAG);
    out.writeBinary(bytes);
  }

  private static Value read(CBORParser in, JsonToken token, int depth) {
    if (token == null) {
      throw new DataException("not CBOR: it ends early");
    }
    return switch (token) {
      case VALUE_STRING -> new Value.Text(in.getString());
      case VALUE_NUMBER_INT -> new Value.Int(in.getLongValue());
      case VALUE_TRUE -> new Value.Bool(true);
      case VALUE_FALSE -> new Value.Bool(false);
      case VALUE_NULL -> Value.Null.NULL;
      case VALUE_EMBEDDED_OBJECT -> readBytes(in);
      case START_ARRAY -> readArray(in, depth);
      case START_OBJECT -> readObj(in, depth);
      default -> throw new DataException("floats and other types are not allowed");
    };
  }

  private static Value readBytes(CBORParser in) {
    boolean isLink = in.getCurrentTag() == LINK_TAG;
    byte[] bytes = in.getBinaryValue();
    if (bytes == null) {
      throw new DataException("undefined is not allowed");
    }
    if (!isLink) {
      return new Value.Bytes(bytes);
    }
    if (bytes.length != 1 + Cid.LENGTH || bytes[0] != 0) {
      throw new DataException("a link that is not a CID of version 1 and sha-256");
    }
    return new Value.Link(Cid.fromBytes(bytes, 1, Cid.LENGTH));
  }

  private static Value readArray(CBORParser in, int depth) {
    checkDepth(depth);
    List<Value> items = new ArrayList<>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      items.add(read(in, token, depth + 1));
    }
    return new Value.Array(items);
  }

  private static Value readObj(CBORParser in, int depth) {
    checkDepth(depth);
    List<String> keys = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_OBJECT; token = in.nextToken()) {
      if (token != JsonToken.PROPERTY_NAME) {
        throw new DataException("not CBOR: it ends early");
      }
      keys.add(in.currentName());
      values.add(read(in, in.nextToken(), depth + 1));
    }
    return new Value.Obj(SortedEntries.of(keys, values));
  }
}

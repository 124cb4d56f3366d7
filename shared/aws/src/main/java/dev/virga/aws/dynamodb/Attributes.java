package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Rows as the SDK has them, there and back; part of {@link DynamoIndex}. */
final class Attributes {
  private Attributes() {}

  static Map<String, AttributeValue> key(Key key) {
    return key(key.partition(), key.sort());
  }

  /** A place in a partition, at which no item need be nor could be. */
  static Map<String, AttributeValue> key(String partition, String sort) {
    return Map.of(
        Row.PARTITION, AttributeValue.fromS(partition), Row.SORT, AttributeValue.fromS(sort));
  }

  static Map<String, AttributeValue> encode(Row row) {
    Map<String, AttributeValue> encoded = HashMap.newHashMap(row.attributes().size());
    row.attributes().forEach((name, value) -> encoded.put(name, encode(value)));
    return encoded;
  }

  static AttributeValue encode(Attribute attribute) {
    return switch (attribute) {
      case Attribute.Text(String text) -> AttributeValue.fromS(text);
      case Attribute.Whole(long number) -> number(number);
      case Attribute.Flag(boolean flag) -> AttributeValue.fromBool(flag);
      // Whoever made the item must not write to the array, and the SDK does not either.
      case Attribute.Bytes(byte[] bytes) ->
          AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(bytes));
    };
  }

  static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  static Row decode(Map<String, AttributeValue> row) {
    Map<String, Attribute> decoded = HashMap.newHashMap(row.size());
    row.forEach((name, value) -> decoded.put(name, decode(name, value)));
    return new Row(decoded);
  }

  private static Attribute decode(String name, AttributeValue value) {
    return switch (value.type()) {
      case S -> new Attribute.Text(value.s());
      case N -> new Attribute.Whole(whole(name, value.n()));
      case BOOL -> new Attribute.Flag(value.bool());
      case B -> new Attribute.Bytes(value.b().asByteArrayUnsafe());
      default ->
          throw new StoreException(
              "attribute '%s' has the type %s, which no item has".formatted(name, value.type()));
    };
  }

  private static long whole(String name, String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException malformed) {
      throw new StoreException("attribute '%s' is no whole number".formatted(name), malformed);
    }
  }
}

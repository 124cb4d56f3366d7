package dev.virga.functions.lambda.event;

import dev.virga.aws.dynamodb.Row;
import dev.virga.aws.dynamodb.StreamRecord;
import dev.virga.pds.store.Item.Attribute;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;

/**
 * A batch of changes as Lambda's poller of DynamoDB Streams hands it to a function, oldest first.
 *
 * <p>Source: Lambda, "Process DynamoDB records with Lambda"; attribute values as in DynamoDB's API.
 */
public record StreamEvent(List<Numbered> records) {
  /** A record and the sequence number by which the poller knows it. */
  public record Numbered(String sequenceNumber, StreamRecord change) {}

  public StreamEvent {
    records = List.copyOf(records);
  }

  /**
   * Reads an event.
   *
   * @throws IllegalArgumentException if it is none of DynamoDB Streams
   */
  public static StreamEvent read(InputStream in) {
    List<Numbered> records = new ArrayList<>();
    try (JsonParser parser = EventJson.FACTORY.createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      EventJson.object(
          parser,
          (name, value) -> {
            if (name.equals("Records")) {
              EventJson.array(value, () -> records.add(record(value)));
            } else {
              value.skipChildren();
            }
          });
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the event is not JSON", e);
    }
    return new StreamEvent(records);
  }

  private static Numbered record(JsonParser in) {
    Builder builder = new Builder();
    EventJson.object(
        in,
        (name, value) -> {
          if (name.equals("dynamodb")) {
            EventJson.object(value, builder::property);
          } else {
            value.skipChildren();
          }
        });
    return builder.build();
  }

  private static final class Builder {
    private String sequenceNumber = "";
    private @Nullable Row keys;
    private @Nullable Row before;
    private @Nullable Row after;

    void property(String name, JsonParser in) {
      switch (name) {
        case "SequenceNumber" -> sequenceNumber = EventJson.textOrEmpty(in);
        case "Keys" -> keys = row(in);
        case "OldImage" -> before = row(in);
        case "NewImage" -> after = row(in);
        default -> in.skipChildren();
      }
    }

    Numbered build() {
      if (keys == null || sequenceNumber.isEmpty()) {
        throw new IllegalArgumentException("the event has a record that is none of DynamoDB");
      }
      return new Numbered(sequenceNumber, new StreamRecord(keys, before, after));
    }
  }

  private static Row row(JsonParser in) {
    Map<String, Attribute> attributes = new HashMap<>();
    EventJson.object(
        in,
        (name, value) -> {
          Attribute attribute = attribute(value);
          if (attribute != null) {
            attributes.put(name, attribute);
          }
        });
    return new Row(attributes);
  }

  /** Null for types that no item of ours has. */
  private static @Nullable Attribute attribute(JsonParser in) {
    Attribute[] found = new Attribute[1];
    EventJson.object(in, (type, value) -> found[0] = attribute(type, value));
    return found[0];
  }

  private static @Nullable Attribute attribute(String type, JsonParser in) {
    return switch (type) {
      case "S" -> new Attribute.Text(EventJson.textOrEmpty(in));
      case "N" -> new Attribute.Whole(Long.parseLong(EventJson.textOrEmpty(in)));
      case "BOOL" -> new Attribute.Flag(in.getBooleanValue());
      case "B" -> new Attribute.Bytes(Base64.getDecoder().decode(EventJson.textOrEmpty(in)));
      default -> {
        in.skipChildren();
        yield null;
      }
    };
  }
}

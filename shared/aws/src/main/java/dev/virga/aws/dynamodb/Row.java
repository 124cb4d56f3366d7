package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table as the console shows it, key and expiry among its attributes: what an {@link
 * Entry} of the Index is in DynamoDB, whether it came from an SDK client or from a stream's event.
 */
public record Row(Map<String, Attribute> attributes) {
  /** The attribute that holds the partition. */
  public static final String PARTITION = "pk";

  /** The attribute that holds the sort key. */
  public static final String SORT = "sk";

  /** The attribute that holds the expiry in seconds since the epoch (TTL). */
  public static final String EXPIRES = "expires";

  private static final String ESCAPE = "$";

  public Row {
    attributes = Map.copyOf(attributes);
  }

  /** The row of an entry. */
  static Row of(Key key, Item item, @Nullable Instant expires) {
    Map<String, Attribute> attributes = HashMap.newHashMap(item.attributes().size() + 3);
    item.attributes().forEach((name, value) -> attributes.put(column(name), value));
    attributes.put(PARTITION, new Attribute.Text(key.partition()));
    attributes.put(SORT, new Attribute.Text(key.sort()));
    if (expires != null) {
      attributes.put(EXPIRES, new Attribute.Whole(expires.getEpochSecond()));
    }
    return new Row(attributes);
  }

  /** The name under which an item's attribute is stored. */
  static String column(String name) {
    return isOwn(name) ? ESCAPE + name : name;
  }

  private static boolean isOwn(String name) {
    return name.equals(PARTITION) || name.equals(SORT) || name.equals(EXPIRES);
  }

  /**
   * The key.
   *
   * @throws StoreException if this is no row of an Index
   */
  public Key key() {
    try {
      return new Key(keyPart(PARTITION), keyPart(SORT));
    } catch (IllegalArgumentException malformed) {
      throw new StoreException("row with a bad key: " + malformed.getMessage(), malformed);
    }
  }

  private String keyPart(String name) {
    if (attributes.get(name) instanceof Attribute.Text(String text)) {
      return text;
    }
    throw new StoreException("row without the text '" + name + "'");
  }

  /**
   * The item: all attributes that are neither key nor expiry.
   *
   * @throws StoreException if no item may be so
   */
  public Item item() {
    Map<String, Attribute> own = HashMap.newHashMap(attributes.size());
    attributes.forEach(
        (name, value) -> {
          if (!isOwn(name)) {
            own.put(name.startsWith(ESCAPE) ? name.substring(1) : name, value);
          }
        });
    try {
      return own.isEmpty() ? Item.EMPTY : Item.of(own);
    } catch (IllegalArgumentException malformed) {
      throw new StoreException(
          "row %s / %s is no item: %s"
              .formatted(keyPart(PARTITION), keyPart(SORT), malformed.getMessage()),
          malformed);
    }
  }

  /**
   * The expiry, null if there is none.
   *
   * @throws StoreException if the seconds are no instant
   */
  public @Nullable Instant expires() {
    if (attributes.get(EXPIRES) instanceof Attribute.Whole(long seconds)) {
      try {
        return Instant.ofEpochSecond(seconds);
      } catch (DateTimeException malformed) {
        throw new StoreException("row expires at " + seconds, malformed);
      }
    }
    return null;
  }

  /** Key, item and expiry together. */
  public Entry entry() {
    return new Entry(key(), item(), expires());
  }
}

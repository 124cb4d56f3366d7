package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Change;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record of the table's stream, whatever it was read from: the stream function's event or the
 * Streams API.
 *
 * @param keys a row that has at least the key
 * @param before the old image, null if there was no row
 * @param after the new image, null if the row is gone
 */
public record StreamRecord(Row keys, @Nullable Row before, @Nullable Row after) {

  /**
   * The change that this record reports.
   *
   * @throws dev.virga.pds.store.StoreException if its rows are none of an Index
   */
  public Change change() {
    return new Change(
        keys.key(),
        Optional.ofNullable(before).map(Row::item),
        Optional.ofNullable(after).map(Row::item));
  }
}

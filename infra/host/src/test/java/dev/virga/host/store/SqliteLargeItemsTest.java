package dev.virga.host.store;

import dev.virga.pds.store.Index;

/** The same contract for a file whose items lie apart from their keys. */
class SqliteLargeItemsTest extends SqliteIndexTest {
  @Override
  protected Index open() {
    return SqliteIndex.openForLargeItems(directory.resolve("index.db"), Durability.PROCESS);
  }
}

package dev.virga.host.store;

import dev.virga.pds.store.Index;
import dev.virga.pds.store.IndexContract;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;

/** The same contract for a file whose items lie apart from their keys. */
class SqliteLargeItemsTest extends IndexContract {
  @TempDir Path directory;

  @Override
  protected Index open() {
    return SqliteIndex.openForLargeItems(directory.resolve("index.db"), Durability.PROCESS);
  }

  @Override
  protected void close() {
    ((SqliteIndex) index).close();
  }

  @Override
  protected boolean sweep(Instant now) {
    ((SqliteIndex) index).sweep(now);
    return true;
  }
}

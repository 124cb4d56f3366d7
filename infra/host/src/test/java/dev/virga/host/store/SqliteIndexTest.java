package dev.virga.host.store;

import dev.virga.pds.store.Index;
import dev.virga.pds.store.IndexContract;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class SqliteIndexTest extends IndexContract {
  @TempDir Path directory;

  @Override
  protected Index open() {
    return SqliteIndex.open(
        directory.resolve("made/index.db"), Durability.PROCESS, Set.of("outbox#"));
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

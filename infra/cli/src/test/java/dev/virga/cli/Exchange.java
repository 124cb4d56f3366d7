package dev.virga.cli;

import dev.virga.cli.Damage.RowVictim;
import dev.virga.cli.Damage.Victim;
import dev.virga.host.store.Durability;
import dev.virga.host.store.LocalObjects;
import dev.virga.host.store.SqliteCheck;
import dev.virga.host.store.SqliteIndex;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Puts one item or object in the place of another by the means of the store itself. */
final class Exchange {
  private static final Path INDEX = Path.of("index.db");

  private Exchange() {}

  /** Whether what is at the victim's place is another now. */
  static boolean of(Victim victim, Victim other, Path directory) throws Exception {
    return (victim instanceof RowVictim row && row.database().equals(INDEX))
        ? items(row, (RowVictim) other, directory)
        : objects(victim.name(), other.name(), directory);
  }

  private static boolean items(RowVictim victim, RowVictim other, Path directory) {
    Key key = new Key(victim.partition(), victim.sort());
    Entry before = entry(victim, directory);
    Entry others = entry(other, directory);
    Entry after = new Entry(key, others.item(), others.expires());
    try (SqliteIndex index =
        SqliteIndex.open(directory.resolve(INDEX), Durability.PROCESS, Set.of())) {
      index.batchPut(List.of(after));
    }
    return !before.item().equals(after.item());
  }

  private static Entry entry(RowVictim row, Path directory) {
    List<Entry> found = new ArrayList<>();
    SqliteCheck.run(
        directory.resolve(row.database()),
        problem -> {},
        entry -> {
          if (entry.key().equals(new Key(row.partition(), row.sort()))) {
            found.add(entry);
          }
        });
    return found.getFirst();
  }

  private static boolean objects(String victim, String other, Path directory) throws Exception {
    try (LocalObjects objects =
        LocalObjects.open(directory.resolve("objects"), Durability.PROCESS)) {
      byte[] before = objects.get(victim).orElseThrow();
      try (Objects.Opened opened = objects.open(other).orElseThrow()) {
        byte[] bytes = opened.content().readAllBytes();
        objects.delete(victim);
        objects.putIfAbsent(victim, bytes, opened.metadata());
        return !java.util.Arrays.equals(before, bytes);
      }
    }
  }
}

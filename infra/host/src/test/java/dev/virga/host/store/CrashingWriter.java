package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Write;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A process that writes to both stores until it is killed, and prints the id of each write once it
 * was acknowledged; started by {@link CrashTest}.
 *
 * <p>Write {@code n} of writer {@code w} is one object and one transaction of a record, a copy of
 * it, an outbox item and the writer's head.
 */
final class CrashingWriter {
  static final int WRITERS = 4;

  private CrashingWriter() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int first = Integer.parseInt(arguments[1]);
    SqliteIndex index =
        SqliteIndex.open(
            directory.resolve("index.db"), Durability.valueOf(arguments[2]), Set.of("outbox#"));
    Objects objects =
        LocalObjects.open(directory.resolve("objects"), Durability.valueOf(arguments[2]));
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    for (int w = 0; w < WRITERS; w++) {
      int writer = w;
      Thread.ofPlatform().start(() -> write(writer, first, index, objects, out));
    }
  }

  private static void write(
      int writer, int first, SqliteIndex index, Objects objects, OutputStream out) {
    try {
      for (int n = first; ; n++) {
        objects.putIfAbsent(
            name(writer, n), content(writer, n), new Objects.Metadata(Map.of("n", "" + n)));
        Item item = Item.builder().number("n", n).build();
        String partition = "w" + writer;
        index.transact(
            Write.all(
                Write.put(new Key(partition, "a#" + n), item),
                Write.put(new Key(partition, "b#" + n), item),
                Write.put(new Key(partition, "outbox#%09d".formatted(n)), item),
                Write.put(new Key(partition, "head"), item)));
        out.write((writer + " " + n + "\n").getBytes(UTF_8)); // one call, so lines stay whole
      }
    } catch (Exception e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  static String name(int writer, int n) {
    return "packs/w" + writer + "/" + n + ".car";
  }

  static byte[] content(int writer, int n) {
    return (writer + ":" + n + ";").repeat(n % 500).getBytes(UTF_8);
  }
}

package dev.virga.host.store;

import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Objects.Listed;
import dev.virga.pds.store.Objects.Listing;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing of {@link DirectoryObjects}: walks the directories in the order of names
 * and keeps no more than a page of any directory in memory.
 */
final class DirectoryListing {
  private final String prefix;
  private final String after;
  private final List<Listed> found = new ArrayList<>();
  private boolean full;

  private DirectoryListing(String prefix, String after) {
    this.prefix = prefix;
    this.after = after;
  }

  static Listing list(Path root, String prefix, @Nullable String after) throws IOException {
    DirectoryListing listing = new DirectoryListing(prefix, after == null ? "" : after);
    listing.walk(root, "");
    return new Listing(listing.found, listing.full ? listing.found.getLast().name() : null);
  }

  /** Adds what lies in a directory, whose names all begin with the given text. */
  private void walk(Path directory, String base) throws IOException {
    @Nullable String last = null;
    boolean more = true;
    while (more && !full) {
      Siblings siblings = new Siblings(base, last);
      try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
        paths.forEach(siblings::offer);
      } catch (NoSuchFileException | NotDirectoryException e) {
        return; // removed meanwhile
      }
      for (var sibling : siblings.first.entrySet()) {
        if (full) {
          return;
        }
        visit(sibling.getValue(), base + sibling.getKey());
        last = sibling.getKey();
      }
      more = siblings.cut;
    }
  }

  private void visit(Path path, String name) throws IOException {
    if (Files.isDirectory(path)) {
      walk(path, name);
      return;
    }
    if (name.compareTo(after) <= 0 || !name.startsWith(prefix)) {
      return;
    }
    if (found.size() == Objects.MAX_LISTED) {
      full = true;
      return;
    }
    try {
      found.add(new Listed(name, size(path, name)));
    } catch (NoSuchFileException e) {
      return; // removed meanwhile
    }
  }

  /** A damaged object has its name still: whoever reads it hears of the damage. */
  private static long size(Path path, String name) throws IOException {
    try (ObjectFile file = ObjectFile.open(path, name)) {
      return file.size();
    } catch (StoreException e) {
      return Files.size(path);
    }
  }

  /** The first entries of a directory, in the order of the names that they stand for. */
  private final class Siblings {
    private static final int MOST = Objects.MAX_LISTED + 1;

    private final String base;
    private final @Nullable String last;
    private final TreeMap<String, Path> first = new TreeMap<>();
    private boolean cut;

    Siblings(String base, @Nullable String last) {
      this.base = base;
      this.last = last;
    }

    /** Keeps an entry if it may hold names that are wanted and is among the first such. */
    void offer(Path path) {
      String piece = String.valueOf(path.getFileName());
      String part = ObjectPaths.decode(piece);
      String name = base + part;
      boolean wanted =
          (name.compareTo(after) > 0 || after.startsWith(name))
              && (name.startsWith(prefix) || prefix.startsWith(name));
      boolean beyond = first.size() == MOST && part.compareTo(first.lastKey()) > 0;
      if (!wanted || beyond) {
        cut |= wanted;
        return;
      }
      boolean segment = Files.isDirectory(path) && !ObjectPaths.isCut(piece);
      String key = segment ? part + "/" : part;
      if (last != null && key.compareTo(last) <= 0) {
        return;
      }
      first.put(key, path);
      if (first.size() > MOST) {
        first.pollLastEntry();
        cut = true;
      }
    }
  }
}

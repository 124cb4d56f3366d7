package dev.virga.pds.identity;

import java.io.IOException;
import java.util.List;

/** Finds the TXT records of a name: the DNS, for {@link HandleResolver}. */
@FunctionalInterface
public interface TxtLookup {
  /**
   * The texts of all TXT records, none if the name has none or does not exist.
   *
   * @throws IOException if no name server could tell
   */
  List<String> texts(String name) throws IOException;

  /** A lookup that asks this one and, where it knows nothing or fails, another. */
  default TxtLookup withBackup(TxtLookup backup) {
    return name -> {
      try {
        List<String> texts = texts(name);
        return texts.isEmpty() ? backup.texts(name) : texts;
      } catch (IOException e) {
        return backup.texts(name);
      }
    };
  }
}

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
}

package dev.virga.atproto.lexicon;

import dev.virga.atproto.syntax.Nsid;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The documents on the class path, each read when asked for, one resource per NSID; the index of
 * them all is one small resource more.
 */
final class BundledDocuments implements LexiconDocuments {
  private static final String FOLDER = "/lexicons/";

  private final Set<Nsid> ids = new LinkedHashSet<>();
  private final Set<Nsid> records = new LinkedHashSet<>();

  BundledDocuments() {
    // A line is an NSID, a blank, and the type of its main definition or "defs".
    String index = new String(load("index.txt"), StandardCharsets.US_ASCII);
    int end;
    for (int from = 0; (end = index.indexOf('\n', from)) >= 0; from = end + 1) {
      int blank = index.indexOf(' ', from);
      Nsid id = Nsid.parse(index.substring(from, blank));
      ids.add(id);
      if (index.startsWith("record", blank + 1)) {
        records.add(id);
      }
    }
  }

  @Override
  public Optional<LexiconDocument> find(Nsid id) {
    if (!ids.contains(id)) {
      return Optional.empty();
    }
    return Optional.of(LexiconDocument.parse(load(id.text().replace('.', '/') + ".json")));
  }

  @Override
  public Set<Nsid> ids() {
    return Collections.unmodifiableSet(ids);
  }

  @Override
  public Set<Nsid> records() {
    return Collections.unmodifiableSet(records);
  }

  private static byte[] load(String name) {
    try (InputStream resource = BundledDocuments.class.getResourceAsStream(FOLDER + name)) {
      if (resource == null) {
        throw new FileNotFoundException("class path lacks " + FOLDER + name);
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

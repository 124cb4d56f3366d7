package dev.virga.atproto.lexicon;

import dev.virga.atproto.syntax.Nsid;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a {@link Lexicons} finds documents. Safe for use by many threads. */
public interface LexiconDocuments {
  /**
   * The document of an NSID, read afresh or shared.
   *
   * @throws LexiconException if the document is malformed
   */
  Optional<LexiconDocument> find(Nsid id);

  /** The NSIDs of all documents; looking one up costs next to nothing. */
  Set<Nsid> ids();

  /** Those among them that define a record type. */
  Set<Nsid> records();

  /**
   * The documents that come with Virga: app.bsky, chat.bsky and com.atproto, without their prose.
   */
  static LexiconDocuments bundled() {
    return new BundledDocuments();
  }

  /** These documents. */
  static LexiconDocuments of(Collection<LexiconDocument> documents) {
    Map<Nsid, LexiconDocument> byId = new LinkedHashMap<>();
    documents.forEach(document -> byId.put(document.id(), document));
    Set<Nsid> records =
        byId.values().stream()
            .filter(document -> document.main(RecordDefinition.class).isPresent())
            .map(LexiconDocument::id)
            .collect(Collectors.toUnmodifiableSet());
    return new LexiconDocuments() {
      @Override
      public Optional<LexiconDocument> find(Nsid id) {
        return Optional.ofNullable(byId.get(id));
      }

      @Override
      public Set<Nsid> ids() {
        return Set.copyOf(byId.keySet());
      }

      @Override
      public Set<Nsid> records() {
        return records;
      }
    };
  }
}

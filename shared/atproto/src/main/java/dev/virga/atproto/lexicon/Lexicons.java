package dev.virga.atproto.lexicon;

import dev.virga.atproto.syntax.Nsid;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The schemas a server knows, by NSID; documents load when first needed and then stay.
 *
 * <p>Safe for use by many threads; made once per process. What it holds is bounded by the documents
 * it draws from, whatever is asked of it.
 */
public final class Lexicons {
  private final LexiconDocuments documents;
  private final Map<Nsid, LexiconDocument> loaded = new ConcurrentHashMap<>();
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  public Lexicons(LexiconDocuments documents) {
    this.documents = documents;
  }

  /** Schemas of app.bsky, chat.bsky and com.atproto, from the class path, none loaded yet. */
  public static Lexicons bundled() {
    return new Lexicons(LexiconDocuments.bundled());
  }

  /** Whether there is a document of that NSID, without loading it. */
  public boolean isKnown(Nsid id) {
    return documents.ids().contains(id);
  }

  /** The NSIDs of all documents. */
  public Set<Nsid> ids() {
    return documents.ids();
  }

  /** The NSIDs of all record types. */
  public Set<Nsid> records() {
    return documents.records();
  }

  /** The query, procedure or subscription of that name. */
  public Optional<MethodSchema> method(Nsid id) {
    return document(id)
        .flatMap(document -> document.main(MethodDefinition.class))
        .map(definition -> new MethodSchema(id, definition, this));
  }

  /** The record type of a collection. */
  public Optional<RecordSchema> record(Nsid collection) {
    return document(collection)
        .flatMap(document -> document.main(RecordDefinition.class))
        .map(definition -> new RecordSchema(collection, definition, this));
  }

  /** The permission set of that name. */
  public Optional<PermissionSet> permissionSet(Nsid id) {
    return document(id).flatMap(LexiconDocument::permissionSet);
  }

  private Optional<LexiconDocument> document(Nsid id) {
    LexiconDocument known = loaded.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<LexiconDocument> found = documents.find(id);
    found.ifPresent(document -> loaded.put(id, document));
    return found;
  }

  /** The schema that a reference with NSID and fragment leads to. */
  Schema schema(String reference) {
    Schema known = schemas.get(reference);
    if (known != null) {
      return known;
    }
    int hash = reference.indexOf('#');
    Definition definition =
        document(Nsid.parse(reference.substring(0, hash)))
            .flatMap(document -> document.definition(reference.substring(hash + 1)))
            .orElseThrow(() -> new LexiconException("no definition of " + reference));
    Schema found =
        switch (definition) {
          case Schema schema -> schema;
          case RecordDefinition record -> record.object();
          case MethodDefinition method ->
              throw new LexiconException("not a schema of values: " + reference);
          case PermissionSet set ->
              throw new LexiconException("not a schema of values: " + reference);
        };
    schemas.put(reference, found);
    return found;
  }
}

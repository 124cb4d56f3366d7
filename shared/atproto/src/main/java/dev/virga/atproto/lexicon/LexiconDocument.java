package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All definitions under one NSID, read and found sound; immutable. */
public final class LexiconDocument {
  private final Nsid id;
  private final Map<String, Definition> definitions;

  LexiconDocument(Nsid id, Map<String, Definition> definitions) {
    this.id = id;
    this.definitions = Map.copyOf(definitions);
  }

  /**
   * Reads a document of version 1 of the lexicon language, as a file or a published record holds
   * it. References to other documents are not followed.
   *
   * @throws LexiconException naming what is malformed
   */
  public static LexiconDocument parse(Value.Obj json) {
    return DocumentReader.read(json);
  }

  /**
   * Reads a document from UTF-8 JSON.
   *
   * @throws LexiconException naming what is malformed
   * @throws dev.virga.atproto.data.DataException if it is not JSON of the data model
   */
  public static LexiconDocument parse(byte[] json) {
    if (DataJson.parse(json) instanceof Value.Obj object) {
      return parse(object);
    }
    throw new LexiconException("Lexicon must be an object");
  }

  public Nsid id() {
    return id;
  }

  /** The names of the definitions, without {@code #}. */
  public Set<String> names() {
    return definitions.keySet();
  }

  /** The permission set that it defines, if that is what it is for. */
  public Optional<PermissionSet> permissionSet() {
    return main(PermissionSet.class);
  }

  Optional<Definition> definition(String name) {
    return Optional.ofNullable(definitions.get(name));
  }

  /** The main definition, if it is of that kind. */
  <D extends Definition> Optional<D> main(Class<D> kind) {
    return definition("main").filter(kind::isInstance).map(kind::cast);
  }
}

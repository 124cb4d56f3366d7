package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.MethodDefinition.Body;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a lexicon document's JSON into definitions, refusing what the lexicon language does not
 * allow. Part of {@link LexiconDocument}. Source: atproto.com/specs/lexicon.
 */
final class DocumentReader {
  private static final int LANGUAGE_VERSION = 1;

  private final Nsid id;
  private final SchemaReader schemas;

  private DocumentReader(Nsid id) {
    this.id = id;
    this.schemas = new SchemaReader(id);
  }

  static LexiconDocument read(Value.Obj json) {
    Fields top = new Fields("Lexicon", json);
    Long version = top.number("lexicon");
    if (version == null || version != LANGUAGE_VERSION) {
      throw top.failure("lexicon", "must be " + LANGUAGE_VERSION);
    }
    Nsid id = nsid(top);
    DocumentReader reader = new DocumentReader(id);
    Map<String, Definition> definitions = new HashMap<>();
    top.child("defs");
    top.children("defs")
        .forEach((name, fields) -> definitions.put(name, reader.definition(name, fields)));
    return new LexiconDocument(id, definitions);
  }

  private static Nsid nsid(Fields top) {
    try {
      return Nsid.parse(top.text("id"));
    } catch (SyntaxException e) {
      throw top.failure("id", "must be a valid nsid");
    }
  }

  private Definition definition(String name, Fields fields) {
    return switch (fields.text("type")) {
      case "record", "query", "procedure", "subscription", "permission-set" ->
          primary(name, fields);
      case "token" -> new TokenSchema(name.equals("main") ? id.text() : id + "#" + name);
      case "ref", "union", "unknown" ->
          throw fields.failure("type", "can not be a definition of its own");
      default -> schemas.read(fields);
    };
  }

  private Definition primary(String name, Fields fields) {
    if (!name.equals("main")) {
      throw fields.failure("type", "is for the definition named main");
    }
    return switch (fields.text("type")) {
      case "record" -> record(fields);
      case "query" -> method(MethodSchema.Kind.QUERY, fields);
      case "procedure" -> method(MethodSchema.Kind.PROCEDURE, fields);
      case "subscription" -> method(MethodSchema.Kind.SUBSCRIPTION, fields);
      default -> permissionSet(fields);
    };
  }

  private Definition record(Fields fields) {
    Fields object = fields.child("record");
    if (!object.text("type").equals("object")) {
      throw object.failure("type", "must be object");
    }
    return new RecordDefinition(KeyType.parse(fields.text("key")), schemas.object(object));
  }

  private Definition method(MethodSchema.Kind kind, Fields fields) {
    return new MethodDefinition(
        kind,
        fields.optionalChild("parameters").map(schemas::params).orElse(ParamsSchema.NONE),
        body(fields, "input"),
        body(fields, "output"),
        fields
            .optionalChild("message")
            .flatMap(message -> message.optionalChild("schema"))
            .map(schemas::read)
            .orElse(null),
        fields.list("errors").stream().map(error -> error.text("name")).toList());
  }

  private @Nullable Body body(Fields method, String key) {
    return method
        .optionalChild(key)
        .map(
            body ->
                new Body(
                    body.text("encoding"),
                    body.optionalChild("schema").map(schemas::read).orElse(null)))
        .orElse(null);
  }

  private static Definition permissionSet(Fields fields) {
    List<Permission> permissions = new ArrayList<>();
    for (Fields entry : fields.list("permissions")) {
      permissions.add(permission(entry));
    }
    return new PermissionSet(
        translations(fields, "title"), translations(fields, "detail"), permissions);
  }

  private static Map<String, String> translations(Fields fields, String key) {
    Map<String, String> texts = new HashMap<>();
    fields
        .optionalChild(key + ":lang")
        .ifPresent(
            byTag -> {
              for (String tag : byTag.object().entries().keySet()) {
                texts.put(tag.toLowerCase(Locale.ROOT), byTag.text(tag));
              }
            });
    fields.optionalText(key).ifPresent(text -> texts.put("", text));
    return texts;
  }

  private static Permission permission(Fields entry) {
    if (!entry.text("type").equals("permission")) {
      throw entry.failure("type", "must be permission");
    }
    return switch (entry.text("resource")) {
      case "repo" -> new Permission.Repo(names(entry, "collection"), actions(entry));
      case "rpc" ->
          new Permission.Rpc(
              names(entry, "lxm"),
              entry.optionalText("aud").orElse(null),
              entry.isTrue("inheritAud"));
      default -> new Permission.Other(entry.text("resource"), entry.object());
    };
  }

  private static List<String> names(Fields entry, String key) {
    List<String> names = entry.texts(key);
    if (names.isEmpty()) {
      throw entry.failure(key, "must not be empty");
    }
    for (String name : names) {
      if (!name.equals("*") && !Nsid.isValid(name)) {
        throw entry.failure(key, "must hold valid nsids");
      }
    }
    return names;
  }

  /** The actions of an entry; all of them if it names none. */
  private static Set<Permission.Action> actions(Fields entry) {
    List<String> names = entry.texts("action");
    if (names.isEmpty()) {
      return Set.of(Permission.Action.values());
    }
    Set<Permission.Action> actions = EnumSet.noneOf(Permission.Action.class);
    for (String name : names) {
      actions.add(
          switch (name) {
            case "create" -> Permission.Action.CREATE;
            case "update" -> Permission.Action.UPDATE;
            case "delete" -> Permission.Action.DELETE;
            default -> throw entry.failure("action", "must hold create, update or delete");
          });
    }
    return Set.copyOf(actions);
  }
}

package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.ObjectSchema.Property;
import dev.virga.atproto.syntax.Nsid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the schemas of one document, which is where its short references ({@code #name}) lead. Part
 * of {@link DocumentReader}. Source: atproto.com/specs/lexicon, "field types".
 */
final class SchemaReader {
  private static final String MAIN = "#main";
  private static final Set<String> PARAMETER_TYPES = Set.of("boolean", "integer", "string");

  private final Nsid document;

  SchemaReader(Nsid document) {
    this.document = document;
  }

  Schema read(Fields fields) {
    return switch (fields.text("type")) {
      case "boolean" -> booleanSchema(fields);
      case "integer" -> integerSchema(fields);
      case "string" -> stringSchema(fields);
      case "bytes" -> new BytesSchema(fields.range("minLength", "maxLength"));
      case "cid-link" -> new LinkSchema();
      case "blob" -> blobSchema(fields);
      case "array" -> arraySchema(fields);
      case "object" -> object(fields);
      case "ref" -> new RefSchema(absolute(fields, fields.text("ref")));
      case "union" -> union(fields);
      case "unknown" -> new UnknownSchema();
      default -> throw fields.failure("type", "is not a type of a field");
    };
  }

  private static Schema booleanSchema(Fields fields) {
    Boolean fallback = fields.flag("default");
    return new BooleanSchema(
        fields.flag("const"), fallback == null ? null : new Value.Bool(fallback));
  }

  private static Schema integerSchema(Fields fields) {
    Long fallback = fields.number("default");
    return new IntegerSchema(
        fields.number("const"),
        fields.numbers("enum"),
        fields.range("minimum", "maximum"),
        fallback == null ? null : new Value.Int(fallback));
  }

  private static Schema stringSchema(Fields fields) {
    return new StringSchema(
        fields.optionalText("const").orElse(null),
        fields.texts("enum"),
        fields.range("minLength", "maxLength"),
        fields.range("minGraphemes", "maxGraphemes"),
        format(fields),
        fields.optionalText("default").map(Value.Text::new).orElse(null));
  }

  private static @Nullable StringFormat format(Fields fields) {
    if (fields.optionalText("format").isEmpty()) {
      return null;
    }
    return StringFormat.named(fields.text("format"))
        .orElseThrow(() -> fields.failure("format", "is not a string format"));
  }

  private static Schema blobSchema(Fields fields) {
    return new BlobSchema(fields.texts("accept"), fields.range("minSize", "maxSize").max());
  }

  private Schema arraySchema(Fields fields) {
    return new ArraySchema(read(fields.child("items")), fields.range("minLength", "maxLength"));
  }

  ObjectSchema object(Fields fields) {
    List<String> nullable = fields.texts("nullable");
    List<String> required = new ArrayList<>(fields.texts("required"));
    List<Property> properties = new ArrayList<>();
    fields
        .children("properties")
        .forEach(
            (name, child) -> {
              Schema schema = read(child);
              Value fallback = schema.fallback();
              if (fallback != null) {
                required.remove(name);
              }
              properties.add(new Property(name, schema, nullable.contains(name), fallback));
            });
    return new ObjectSchema(List.copyOf(required), List.copyOf(properties));
  }

  ParamsSchema params(Fields fields) {
    if (!fields.text("type").equals("params")) {
      throw fields.failure("type", "must be params");
    }
    fields.children("properties").values().forEach(SchemaReader::checkParameter);
    return new ParamsSchema(object(fields));
  }

  private static void checkParameter(Fields parameter) {
    boolean isArray = parameter.text("type").equals("array");
    Fields item = isArray ? parameter.child("items") : parameter;
    if (!PARAMETER_TYPES.contains(item.text("type"))) {
      throw item.failure("type", "is not a type of a parameter");
    }
  }

  private Schema union(Fields fields) {
    List<String> refs = fields.texts("refs");
    Map<String, RefSchema> variants = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (String ref : refs) {
      String target = absolute(fields, ref);
      RefSchema variant = new RefSchema(target);
      variants.put(target, variant);
      if (target.endsWith(MAIN)) {
        variants.put(target.substring(0, target.length() - MAIN.length()), variant);
      }
      names.add(ref.startsWith("#") ? target : ref);
    }
    return new UnionSchema(List.copyOf(names), Map.copyOf(variants), fields.isTrue("closed"));
  }

  /** The reference with the NSID and the fragment that it may have left out. */
  private String absolute(Fields fields, String ref) {
    int hash = ref.indexOf('#');
    String nsid = hash < 0 ? ref : ref.substring(0, hash);
    String fragment = hash < 0 ? MAIN : ref.substring(hash);
    if ((!nsid.isEmpty() && !Nsid.isValid(nsid)) || fragment.length() < 2) {
      throw fields.failure("ref", "is not a reference: " + ref);
    }
    return (nsid.isEmpty() ? document.text() : nsid) + fragment;
  }
}

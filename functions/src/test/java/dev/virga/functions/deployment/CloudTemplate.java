package dev.virga.functions.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A template as maps, lists and text: every number and flag as it is written, every short form of a
 * function ({@code !Ref x}) in its long one.
 */
public record CloudTemplate(Path file, Map<String, Object> content) {
  public static final Path ROOT = Path.of(System.getProperty("virga.root"));

  /** The template that is deployed. */
  public static CloudTemplate main() {
    return read(ROOT.resolve("template.yaml"));
  }

  /** One of those in {@code infra/}. */
  public static CloudTemplate nested(String name) {
    return read(ROOT.resolve("infra").resolve(name + ".yaml"));
  }

  /** All that there are. */
  static List<CloudTemplate> all() {
    try (Stream<Path> files = Files.list(ROOT.resolve("infra"))) {
      return Stream.concat(
              Stream.of(main()),
              files
                  .filter(file -> file.toString().endsWith(".yaml"))
                  .sorted()
                  .map(CloudTemplate::read))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CloudTemplate read(Path file) {
    try {
      Node root =
          new Compose(LoadSettings.builder().build())
              .composeString(Files.readString(file))
              .orElseThrow();
      return new CloudTemplate(file, object(plain(root)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object plain(Node node) {
    Object value =
        switch (node) {
          case MappingNode mapping -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (NodeTuple field : mapping.getValue()) {
              fields.put(((ScalarNode) field.getKeyNode()).getValue(), plain(field.getValueNode()));
            }
            yield fields;
          }
          case SequenceNode sequence -> {
            List<Object> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(plain(item)));
            yield items;
          }
          case ScalarNode scalar -> scalar.getValue();
          default -> throw new IllegalArgumentException("aliases have no place in " + node);
        };
    String tag = node.getTag().getValue();
    return switch (tag) {
      case "!Ref", "!Condition" -> Map.of(tag.substring(1), value);
      case "!GetAtt" ->
          Map.of(
              "Fn::GetAtt",
              value instanceof String path ? Arrays.asList(path.split("\\.", 2)) : value);
      default -> tag.startsWith("!") ? Map.of("Fn::" + tag.substring(1), value) : value;
    };
  }

  /** The resources of a type by their logical ids. */
  public Map<String, Map<String, Object>> resources(String type) {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    section("Resources")
        .forEach(
            (id, resource) -> {
              if (resource instanceof Map<?, ?> fields && type.equals(fields.get("Type"))) {
                found.put(id, object(resource));
              }
            });
    return found;
  }

  /** What a section holds; empty if it is absent. */
  public Map<String, Object> section(String name) {
    return object(content.getOrDefault(name, Map.of()));
  }

  public static Map<String, Object> properties(@Nullable Map<String, Object> resource) {
    return object(Objects.requireNonNull(resource).getOrDefault("Properties", Map.of()));
  }

  /** An object of the template, which must be there. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> object(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  /** A list of the template; a single value is a list of one. */
  @SuppressWarnings("unchecked")
  public static List<Object> list(@Nullable Object value) {
    return value instanceof List<?> ? (List<Object>) value : List.of(Objects.requireNonNull(value));
  }

  @Override
  public String toString() {
    return ROOT.relativize(file).toString();
  }
}

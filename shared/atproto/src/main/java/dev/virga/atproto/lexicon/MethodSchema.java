package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.MethodDefinition.Body;
import dev.virga.atproto.syntax.Nsid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one XRPC method takes and answers, of the {@link Lexicons} it came from. Immutable. */
public final class MethodSchema {
  /** How a method is called. */
  public enum Kind {
    /** By GET. */
    QUERY,
    /** By POST. */
    PROCEDURE,
    /** Over a WebSocket. */
    SUBSCRIPTION
  }

  private final Nsid id;
  private final MethodDefinition definition;
  private final Lexicons lexicons;

  MethodSchema(Nsid id, MethodDefinition definition, Lexicons lexicons) {
    this.id = id;
    this.definition = definition;
    this.lexicons = lexicons;
  }

  public Nsid id() {
    return id;
  }

  public Kind kind() {
    return definition.kind();
  }

  /** The names of the errors it declares, beyond those that any method may answer. */
  public List<String> errors() {
    return definition.errors();
  }

  /** The MIME type of the body it takes, a pattern such as {@code *}{@code /*}, or empty: none. */
  public Optional<String> inputEncoding() {
    return Optional.ofNullable(definition.input()).map(Body::encoding);
  }

  /** The MIME type of the body it answers, or empty: none. */
  public Optional<String> outputEncoding() {
    return Optional.ofNullable(definition.output()).map(Body::encoding);
  }

  /**
   * Reads the parameters of a query string, decoded, into booleans, integers, strings and arrays.
   *
   * <p>Absent ones get their defaults; unknown ones are ignored; of a repeated one that is no array
   * the first counts; an empty one counts as absent.
   *
   * @throws ValidationException naming the parameter, as in {@code Error: Params must have the
   *     property "repo"}
   */
  public Value.Obj parseParams(Map<String, List<String>> query) {
    return definition.params().parse(query, new Trail(lexicons, "Error: Params"));
  }

  /**
   * Checks a JSON body that the method was sent.
   *
   * @return the body itself, or a copy of it with defaults
   * @throws ValidationException naming the property, as in {@code Input/repo must be a string}
   */
  public Value.Obj validateInput(Value input) {
    Value validated = validate(schema(definition.input()), input, "Input");
    if (validated instanceof Value.Obj object) {
      return object;
    }
    throw new ValidationException("Input must be an object");
  }

  /**
   * Checks a JSON body that the method answers.
   *
   * @return the body itself, or a copy of it with defaults
   * @throws ValidationException naming the property, as in {@code Output/uri must be a string}
   */
  public Value validateOutput(Value output) {
    return validate(schema(definition.output()), output, "Output");
  }

  /**
   * Checks a message of a subscription, {@code $type} included.
   *
   * @return the message itself, or a copy of it with defaults
   * @throws ValidationException naming the property, as in {@code Message/seq must be an integer}
   */
  public Value validateMessage(Value message) {
    return validate(definition.message(), message, "Message");
  }

  private static @Nullable Schema schema(@Nullable Body body) {
    return body == null ? null : body.schema();
  }

  private Value validate(@Nullable Schema schema, Value value, String root) {
    return schema == null ? value : schema.validate(value, new Trail(lexicons, root));
  }
}

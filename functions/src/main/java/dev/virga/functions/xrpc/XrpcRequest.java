package dev.virga.functions.xrpc;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A request to one XRPC method, parsed, authenticated and validated.
 *
 * @param params the query parameters by their lexicon's types, defaults filled in
 * @param input the JSON body, an empty object where the method takes none or takes bytes
 * @param body the body of a method that takes bytes: decoded, and failing with 413 past the limit
 * @param http the request as it came
 */
public record XrpcRequest(
    Value.Obj params,
    Value.Obj input,
    InputStream body,
    Credentials credentials,
    HttpRequest http) {

  /** The account that asks; only for endpoints whose access guarantees one. */
  public Did account() {
    return switch (credentials) {
      case Credentials.Session(Did did, var _) -> did;
      case Credentials.Refresh(Did did, var _, var _) -> did;
      case Credentials.Service(Did did, var _) -> did;
      case Credentials.Anonymous _, Credentials.Admin _ ->
          throw XrpcException.unauthorized("AuthMissing", "Authentication Required");
    };
  }

  /** A text parameter of the query. */
  public Optional<String> param(String name) {
    return params.text(name);
  }

  /** A text parameter that the lexicon requires. */
  public String requireParam(String name) {
    return require(params, name);
  }

  /** A whole-number parameter that the lexicon requires or defaults. */
  public int intParam(String name) {
    return params.get(name).orElse(null) instanceof Value.Int(long value)
        ? Math.toIntExact(value)
        : missing(name);
  }

  /** A flag of the query, false where absent. */
  public boolean flagParam(String name) {
    return params.get(name).orElse(null) instanceof Value.Bool(boolean value) && value;
  }

  /** A list of texts of the query, empty where absent. */
  public List<String> listParam(String name) {
    return params.get(name).orElse(null) instanceof Value.Array(List<Value> items)
        ? items.stream().map(item -> ((Value.Text) item).value()).toList()
        : List.of();
  }

  /** A text of the body. */
  public Optional<String> field(String name) {
    return input.text(name);
  }

  /** A text of the body that the lexicon requires. */
  public String requireField(String name) {
    return require(input, name);
  }

  /** A flag of the body, empty where absent. */
  public Optional<Boolean> flagField(String name) {
    return input.get(name).orElse(null) instanceof Value.Bool(boolean value)
        ? Optional.of(value)
        : Optional.empty();
  }

  private static String require(Value.Obj from, String name) {
    return from.text(name).orElseThrow(() -> new IllegalStateException(name + " not validated"));
  }

  private static int missing(String name) {
    throw new IllegalStateException(name + " not validated");
  }
}

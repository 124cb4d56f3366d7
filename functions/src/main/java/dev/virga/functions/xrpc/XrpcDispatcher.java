package dev.virga.functions.xrpc;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.lexicon.MethodSchema;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes every request under {@code /xrpc/} to its handler: finds the method, checks the verb, the
 * parameters, the caller and the body against what its lexicon and endpoint say, and renders what
 * goes wrong.
 *
 * <p>Source: atproto.com/specs/xrpc; order and answers as the reference's, except where it answers
 * a client's mistake with 500 or an unnamed error.
 */
public final class XrpcDispatcher {
  /** What all paths here begin with. */
  public static final String PREFIX = "/xrpc/";

  private static final Set<String> VERBS = Set.of("GET", "HEAD", "POST");
  private static final Value.Obj NOTHING = new Value.Obj(Map.of());

  private final Map<Nsid, XrpcHandler> handlers = new HashMap<>();
  private final Lexicons lexicons;
  private final Authenticator authenticator;
  private final RateLimiter limiter;
  private final Unrouted unrouted;

  /**
   * A dispatcher over a table of handlers.
   *
   * @throws IllegalArgumentException if two handlers serve one method
   */
  public XrpcDispatcher(
      Collection<XrpcHandler> handlers,
      Lexicons lexicons,
      Authenticator authenticator,
      RateLimiter limiter,
      Unrouted unrouted) {
    for (XrpcHandler handler : handlers) {
      Nsid nsid = handler.endpoint().nsid();
      if (this.handlers.put(nsid, handler) != null) {
        throw new IllegalArgumentException("two handlers of " + nsid);
      }
    }
    this.lexicons = lexicons;
    this.authenticator = authenticator;
    this.limiter = limiter;
    this.unrouted = unrouted;
  }

  /** Answers a request; throws nothing. */
  public HttpResponse dispatch(HttpRequest request) {
    XrpcHandler handler = null;
    RateLimiter.Visit visit = RateLimiter.Visit.FREE;
    HttpResponse response;
    try {
      Nsid nsid = method(request.path());
      visit = limiter.arrive(nsid, request);
      if (!VERBS.contains(request.method())) {
        throw XrpcException.invalidRequest("XRPC requests use GET or POST");
      }
      handler = handlers.get(nsid);
      response = handler == null ? unhandled(nsid, request) : handle(handler, request, visit);
    } catch (IOException | RuntimeException e) {
      response = ErrorAnswers.of(e, request.method() + " " + request.path());
    }
    response = response.withHeaders(visit.headers());
    boolean open = handler != null && handler.endpoint().access() instanceof Access.Open;
    return open ? response : personal(response);
  }

  private static Nsid method(String path) {
    String rest = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
    String name = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    try {
      return Nsid.parse(name);
    } catch (SyntaxException e) {
      throw XrpcException.invalidRequest("invalid xrpc path");
    }
  }

  private HttpResponse unhandled(Nsid nsid, HttpRequest request) throws IOException {
    boolean subscription = nsid.text().equals("com.atproto.sync.subscribeRepos");
    return subscription ? upgradeRequired(request) : unrouted.handle(nsid, request);
  }

  /** A subscription that came without an upgrade; adapters take the others before us. */
  private static HttpResponse upgradeRequired(HttpRequest request) {
    if (request.method().equals("POST")) {
      throw new XrpcException(
          405, "MethodNotAllowed", "Subscribe with GET", Map.of("Allow", "GET"));
    }
    throw new XrpcException(
        426,
        "UpgradeRequired",
        "This method is a WebSocket stream",
        Map.of("Upgrade", "websocket", "Connection", "Upgrade"));
  }

  private HttpResponse handle(XrpcHandler handler, HttpRequest http, RateLimiter.Visit visit)
      throws IOException {
    Endpoint endpoint = handler.endpoint();
    MethodSchema schema = schema(endpoint.nsid());
    checkVerb(schema, http.method());
    Value.Obj params = schema.parseParams(QueryString.parse(http.rawQuery()));
    Credentials credentials = authenticator.authenticate(endpoint.access(), endpoint.nsid(), http);
    try (Input input = input(schema, endpoint.bodyLimit(), http)) {
      XrpcRequest request = new XrpcRequest(params, input.json(), input.bytes(), credentials, http);
      visit.admit(endpoint, request);
      return handler.handle(request);
    }
  }

  private MethodSchema schema(Nsid nsid) {
    return lexicons
        .method(nsid)
        .orElseThrow(() -> new IllegalStateException("no lexicon of " + nsid));
  }

  private static void checkVerb(MethodSchema schema, String verb) {
    boolean post = schema.kind() == MethodSchema.Kind.PROCEDURE;
    if (post != verb.equals("POST")) {
      throw XrpcException.invalidRequest(
          "Incorrect HTTP method (" + verb + ") expected " + (post ? "POST" : "GET"));
    }
  }

  /** The two shapes a body reaches a handler in. */
  private record Input(Value.Obj json, InputStream bytes) implements AutoCloseable {
    static final Input NONE = new Input(NOTHING, InputStream.nullInputStream());

    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }

  private static Input input(MethodSchema schema, long limit, HttpRequest http) throws IOException {
    if (schema.kind() != MethodSchema.Kind.PROCEDURE) {
      return Input.NONE;
    }
    RequestBody body = new RequestBody(http);
    Optional<String> encoding = schema.inputEncoding();
    if (encoding.isEmpty()) {
      refuseAny(body);
      return Input.NONE;
    }
    if (body.presence() == RequestBody.Presence.MISSING) {
      throw XrpcException.invalidRequest("A request body is expected but none was provided");
    }
    checkType(encoding.get(), body.mimeType());
    return encoding.get().equals("application/json")
        ? new Input(json(schema, body.readAll(limit)), InputStream.nullInputStream())
        : new Input(NOTHING, body.open(limit));
  }

  private static void refuseAny(RequestBody body) throws IOException {
    if (body.presence() == RequestBody.Presence.PRESENT && !body.isReallyEmpty()) {
      throw XrpcException.invalidRequest("A request body was provided when none was expected");
    }
  }

  private static void checkType(String expected, String actual) {
    if (actual.isEmpty()) {
      throw XrpcException.invalidRequest(
          "Request encoding (Content-Type) required but not provided");
    }
    boolean fits = expected.equals("*/*") ? actual.contains("/") : expected.equals(actual);
    if (!fits) {
      throw XrpcException.invalidRequest("Wrong request encoding (Content-Type): " + actual);
    }
  }

  private static Value.Obj json(MethodSchema schema, byte[] body) {
    Value value = body.length == 0 ? NOTHING : DataJson.parse(body);
    return schema.validateInput(value);
  }

  /** Marks an answer that may differ from caller to caller. */
  private static HttpResponse personal(HttpResponse response) {
    HttpResponse marked = response.withHeader("Vary", "Authorization");
    return response.headers().keySet().stream().anyMatch("Cache-Control"::equalsIgnoreCase)
        ? marked
        : marked.withHeader("Cache-Control", "private");
  }
}

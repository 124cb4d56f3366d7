package dev.virga.functions.xrpc;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.ValidationException;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.XrpcException;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renders every failure as {@code {error, message}}: the one mapper of errors. */
public final class ErrorAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

  private ErrorAnswers() {}

  /**
   * The answer to a failure; one that is our own fault is logged and shows nothing. An IOException
   * is taken for a body that broke off: handlers throw it for nothing else.
   */
  public static HttpResponse of(Throwable failure, String what) {
    return switch (failure) {
      case XrpcException e -> of(e);
      case SyntaxException e -> of(XrpcException.invalidRequest(message(e)));
      case DataException e -> of(XrpcException.invalidRequest(message(e)));
      case ValidationException e -> of(XrpcException.invalidRequest(message(e)));
      case IOException e -> {
        LOG.debug("{} broke off", what, e);
        yield json(400, "InvalidRequest", "The request's body could not be read");
      }
      default -> {
        LOG.error("{} failed", what, failure);
        yield json(500, "InternalServerError", "Internal Server Error");
      }
    };
  }

  /** An answer of a status with the body of an XRPC error. */
  public static HttpResponse json(int status, String error, String message) {
    return HttpResponse.json(
            new Value.Obj(Map.of("error", Value.of(error), "message", Value.of(message))))
        .withStatus(status);
  }

  private static HttpResponse of(XrpcException e) {
    HttpResponse response = json(e.status(), e.error(), message(e));
    for (Map.Entry<String, String> header : e.headers().entrySet()) {
      response = response.withHeader(header.getKey(), header.getValue());
    }
    return response;
  }

  private static String message(RuntimeException e) {
    return e.getMessage() == null ? "Invalid Request" : e.getMessage();
  }
}

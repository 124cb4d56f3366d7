package dev.virga.pds;

import java.util.Map;

/**
 * The one exception for the wire: a status, an error name from the lexicon, and a message to show.
 */
public final class XrpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String error;
  private final transient Map<String, String> headers;

  public XrpcException(int status, String error, String message) {
    this(status, error, message, Map.of());
  }

  /** With headers that the answer must carry, e.g. {@code WWW-Authenticate}. */
  public XrpcException(int status, String error, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.error = error;
    this.headers = Map.copyOf(headers);
  }

  /** 400 InvalidRequest. */
  public static XrpcException invalidRequest(String message) {
    return new XrpcException(400, "InvalidRequest", message);
  }

  /** 400 with a name of the method's lexicon. */
  public static XrpcException badRequest(String error, String message) {
    return new XrpcException(400, error, message);
  }

  /** 401 with a name such as AuthMissing or AccountTakedown. */
  public static XrpcException unauthorized(String error, String message) {
    return new XrpcException(401, error, message);
  }

  /** 403 Forbidden. */
  public static XrpcException forbidden(String message) {
    return new XrpcException(403, "Forbidden", message);
  }

  /** 413 PayloadTooLarge. */
  public static XrpcException tooLarge(String message) {
    return new XrpcException(413, "PayloadTooLarge", message);
  }

  /** The HTTP status, 400 to 599. */
  public int status() {
    return status;
  }

  /** The name of the error. */
  public String error() {
    return error;
  }

  public Map<String, String> headers() {
    return headers;
  }
}

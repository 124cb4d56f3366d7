package dev.virga.atproto.data;

/** Bytes from outside that are not valid DAG-CBOR, JSON or CAR; the message is fit to show. */
public final class DataException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.virga.pds.store;

/** A store that cannot answer: unreachable, out of space, damaged or too slow. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  public StoreException(String message) {
    super(message);
  }
}

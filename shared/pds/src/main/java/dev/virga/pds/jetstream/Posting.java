package dev.virga.pds.jetstream;

/**
 * Sends messages to connections that a gateway holds: a port of {@link WebSocketApi}.
 *
 * <p>Safe for use by many threads; every call ends within {@link #MAX_TIME}.
 */
public interface Posting {
  /** The longest that a call takes. */
  java.time.Duration MAX_TIME = java.time.Duration.ofSeconds(3);

  /** What became of a message. */
  enum Outcome {
    /** The gateway has it. */
    DELIVERED,
    /** There is no such connection, no longer or not yet. */
    GONE,
    /** It, or the connection, is too busy, or it did not answer: it may have the message or not. */
    LATER,
    /** The gateway does not take messages of that length. */
    TOO_LARGE
  }

  /**
   * Sends one text message.
   *
   * @throws dev.virga.pds.store.StoreException if it never will, whatever the message and the
   *     connection: a wrong address, missing permission
   */
  Outcome post(String connectionId, byte[] text);

  /** Ends a connection, if it is there; a failure to do so is logged only. */
  void disconnect(String connectionId);
}

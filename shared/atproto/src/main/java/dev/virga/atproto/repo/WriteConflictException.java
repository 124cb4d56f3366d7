package dev.virga.atproto.repo;

/** A write that does not fit the tree: a key that is there already, or one that is not there. */
public final class WriteConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Reason {
    /** The record to create exists. */
    EXISTS,
    /** The record to update or delete does not exist. */
    MISSING
  }

  private final Reason reason;
  private final String key;

  WriteConflictException(Reason reason, String key) {
    super((reason == Reason.EXISTS ? "record already exists: " : "no such record: ") + key);
    this.reason = reason;
    this.key = key;
  }

  public Reason reason() {
    return reason;
  }

  /** The tree key, {@code collection/rkey}. */
  public String key() {
    return key;
  }
}

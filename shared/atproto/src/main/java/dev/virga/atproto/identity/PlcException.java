package dev.virga.atproto.identity;

/** An operation that the rules of did:plc refuse; the message is fit to show. */
public final class PlcException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Which rule. */
  public enum Reason {
    /** Over one of the directory's limits of size or number, or of a form no longer accepted. */
    UNACCEPTABLE,
    /** It does not follow an operation in force, or is a genesis out of place. */
    MISORDERED,
    /** The genesis hashes to another DID. */
    WRONG_DID,
    /** Signed by none of the keys that may sign it. */
    BAD_SIGNATURE,
    /** Nullifies an operation after more than 72 hours. */
    LATE_RECOVERY,
    /** Too many operations lately. */
    RATE_LIMITED,
    /**
     * A log contradicts itself: its CIDs or its marks of nullification are not what they must be.
     */
    INCONSISTENT_LOG
  }

  private final Reason reason;

  PlcException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package dev.virga.pds.store;

import java.util.List;

/** A transaction that was refused because conditions did not hold; nothing of it was written. */
public final class ConditionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Key> failed;

  public ConditionFailedException(List<Key> failed) {
    super("conditions failed at " + failed);
    this.failed = List.copyOf(failed);
  }

  /** The keys whose conditions did not hold: at least one, though not always all of them. */
  public List<Key> failed() {
    return failed;
  }

  public boolean failedAt(Key key) {
    return failed.contains(key);
  }
}

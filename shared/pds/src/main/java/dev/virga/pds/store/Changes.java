package dev.virga.pds.store;

import java.util.List;

/** The feed of an {@link Index}'s committed changes, as backends deliver it. */
public final class Changes {
  private Changes() {}

  /** Takes batches of changes. A batch whose call throws is delivered again, in the same order. */
  @FunctionalInterface
  public interface Listener {
    void accept(List<Change> batch) throws Exception;
  }
}

package dev.virga.pds.jetstream;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import java.util.function.BooleanSupplier;

/** An index whose caller may die before or after any call. */
final class PowerCuts extends ForwardingIndex {
  private final BooleanSupplier now;

  /** The end of a process, which nobody catches. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;
  }

  PowerCuts(Index index, BooleanSupplier now) {
    super(index);
    this.now = now;
  }

  private void perhaps() {
    if (now.getAsBoolean()) {
      throw new PowerCut();
    }
  }

  @Override
  protected <T> T around(String method, boolean write, String what, Body<T> body)
      throws ConditionFailedException {
    perhaps();
    T result = body.run();
    if (write) {
      perhaps();
    }
    return result;
  }
}

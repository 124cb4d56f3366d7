package dev.virga.pds.sync;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.StoreException;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** An index whose calls fail now and then: before they did anything, or after they did it all. */
final class FaultyIndex extends ForwardingIndex {
  private final BooleanSupplier fails;

  FaultyIndex(Index index, BooleanSupplier fails) {
    super(index);
    this.fails = fails;
  }

  /** Faults drawn at random, with a probability in percent before and again after each call. */
  static FaultyIndex random(Index index, Random random, int percent) {
    return new FaultyIndex(
        index,
        () -> {
          synchronized (random) {
            return random.nextInt(100) < percent;
          }
        });
  }

  private void mayFail() {
    if (fails.getAsBoolean()) {
      throw new StoreException("as the test wants it");
    }
  }

  @Override
  protected <T> T around(String method, boolean write, String what, Body<T> body)
      throws ConditionFailedException {
    mayFail();
    T result = body.run();
    if (write) {
      mayFail();
    }
    return result;
  }
}

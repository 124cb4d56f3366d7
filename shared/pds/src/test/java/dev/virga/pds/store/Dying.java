package dev.virga.pds.store;

import java.util.function.Supplier;

/** The two ports as a process sees them that dies before its n-th call. */
public final class Dying {
  /** The end of the process, as far as the code under test can tell. */
  public static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private int left;

  public Dying(int calls) {
    this.left = calls;
  }

  private void call() {
    if (left-- <= 0) {
      throw new Death();
    }
  }

  public Index on(Index index) {
    return new ForwardingIndex(index) {
      @Override
      protected <T> T around(String method, boolean write, String what, Body<T> body)
          throws ConditionFailedException {
        call();
        return body.run();
      }
    };
  }

  public Objects on(Objects objects) {
    return new ForwardingObjects(objects) {
      @Override
      protected <T> T around(String method, boolean write, String what, Supplier<T> body) {
        call();
        return body.get();
      }
    };
  }
}

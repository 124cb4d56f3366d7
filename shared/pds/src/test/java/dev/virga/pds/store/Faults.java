package dev.virga.pds.store;

import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong at the n-th call of a process to its two ports.
 *
 * <p>Numbers all calls of the ports that it made, from 0. Once the process is dead every call says
 * so, until it is revived.
 */
public final class Faults {
  /** What goes wrong. */
  public enum Kind {
    /** The process dies before the call. */
    DEATH_BEFORE,
    /** The process dies after the call has taken effect. */
    DEATH_AFTER,
    /** The call has no effect, and the store says that it cannot answer. */
    LOST,
    /** So does it three times in a row, as when it is throttled. */
    THROTTLED,
    /** The call takes effect, but the store says that it cannot answer. */
    UNHEARD,
    /** Something else happens right before the call. */
    OVERTAKEN
  }

  /** The end of a process, as far as the code under test can tell. */
  public static final class Death extends Error {
    private static final long serialVersionUID = 1L;

    public Death(String where) {
      super(where);
    }
  }

  private static final int THROTTLED_CALLS = 3;

  private final Predicate<String> counted;
  private Runnable between = () -> {};
  private Kind kind = Kind.LOST;
  private Runnable meanwhile = () -> {};
  private int countdown = -1;
  private int throttled;
  private int calls;
  private boolean dead;
  private @Nullable String struckAt;

  public Faults() {
    this(method -> true);
  }

  private Faults(Predicate<String> counted) {
    this.counted = counted;
  }

  /** Faults that count and strike what may change something, and leave reads alone. */
  public static Faults ofWrites() {
    return new Faults(method -> method.endsWith("!"));
  }

  /** Does something at every call, before it. */
  public void between(Runnable something) {
    this.between = something;
  }

  /** Plans what goes wrong, at the n-th of the calls from now on. */
  public void plan(int call, Kind planned) {
    plan(call, planned, () -> {});
  }

  /**
   * Plans so.
   *
   * @param other what happens if the call is to be overtaken
   */
  public void plan(int call, Kind planned, Runnable other) {
    countdown = call;
    kind = planned;
    meanwhile = other;
    struckAt = null;
  }

  /** Starts the process anew, without anything going wrong. */
  public void revive() {
    dead = false;
    throttled = 0;
    countdown = -1;
  }

  public void kill() {
    dead = true;
  }

  /** Whether it has gone wrong. */
  public boolean struck() {
    return struckAt != null;
  }

  /** The call at which it went wrong, for people. */
  public String where() {
    return String.valueOf(struckAt);
  }

  public int calls() {
    return calls;
  }

  public Index around(Index index) {
    return new ForwardingIndex(index) {
      @Override
      protected <T> T around(String method, boolean write, String what, Body<T> body)
          throws ConditionFailedException {
        return call("index." + method + (write ? "!" : ""), what, body);
      }
    };
  }

  public Objects around(Objects objects) {
    return new ForwardingObjects(objects) {
      @Override
      protected <T> T around(String method, boolean write, String what, Supplier<T> body) {
        try {
          return call("objects." + method + (write ? "!" : ""), what, body::get);
        } catch (ConditionFailedException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  /** Makes a call to something else than the ports count and fail like theirs. */
  public <T> T around(String method, Supplier<T> body) {
    try {
      return call(method + "!", "", body::get);
    } catch (ConditionFailedException e) {
      throw new AssertionError(e);
    }
  }

  private <T> T call(String method, String what, ForwardingIndex.Body<T> body)
      throws ConditionFailedException {
    requireAlive();
    between.run();
    requireAlive();
    if (!counted.test(method)) {
      return body.run();
    }
    calls++;
    if (throttled > 0) {
      throttled--;
      throw new StoreException("throttled");
    }
    if (countdown < 0 || countdown-- > 0) {
      return body.run();
    }
    struckAt = method + " " + what;
    return strike(body);
  }

  private <T> T strike(ForwardingIndex.Body<T> body) throws ConditionFailedException {
    switch (kind) {
      case DEATH_BEFORE -> throw death();
      case DEATH_AFTER -> {
        T _ = body.run();
        throw death();
      }
      case LOST -> throw new StoreException("no answer");
      case THROTTLED -> {
        throttled = THROTTLED_CALLS - 1;
        throw new StoreException("throttled");
      }
      case UNHEARD -> {
        T _ = body.run();
        throw new StoreException("no answer");
      }
      case OVERTAKEN -> {
        meanwhile.run();
        return body.run();
      }
    }
    throw new AssertionError(kind);
  }

  private Death death() {
    dead = true;
    return new Death(where());
  }

  private void requireAlive() {
    if (dead) {
      throw new Death(where());
    }
  }
}

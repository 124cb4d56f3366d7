package dev.virga.pds.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Lets several tasks run in turns, one at a time, in an order that a seed decides: what they do is
 * the same in every run.
 */
final class Scheduler {
  /** One step in so many puts a task to sleep, so that it comes very late with what it does. */
  private static final int SLEEP = 60;

  private static final int LONGEST_SLEEP = 400;

  private final Random random;
  private final Runnable tick;
  private final List<Task> tasks = new ArrayList<>();
  private final Semaphore finished = new Semaphore(0);
  private @Nullable Task current;
  private @Nullable Throwable failure;
  private long steps;

  private static final class Task {
    final Semaphore turn = new Semaphore(0);
    long wakes;
  }

  /**
   * @param tick called before each step
   */
  Scheduler(Random random, Runnable tick) {
    this.random = random;
    this.tick = tick;
  }

  /** Adds a task, before the others are run. */
  void add(Runnable body) {
    Task task = new Task();
    tasks.add(task);
    Thread.ofVirtual()
        .start(
            () -> {
              task.turn.acquireUninterruptibly();
              try {
                body.run();
              } catch (Throwable e) {
                failure = failure == null ? e : failure;
              }
              tasks.remove(task);
              handOver();
            });
  }

  long steps() {
    return steps;
  }

  /** How many tasks are not at their end. */
  int running() {
    return tasks.size();
  }

  /** Runs all tasks to their ends; throws what the first of them threw. */
  void run() {
    handOver();
    finished.acquireUninterruptibly();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Called by a task at every place where others may go first. */
  void pause() {
    Task me = current;
    if (me == null) {
      return;
    }
    if (random.nextInt(SLEEP) == 0) {
      me.wakes = steps + random.nextInt(LONGEST_SLEEP);
    }
    Task next = choose();
    if (next != me) {
      next.turn.release();
      me.turn.acquireUninterruptibly();
    }
  }

  private void handOver() {
    if (tasks.isEmpty()) {
      current = null;
      finished.release();
    } else {
      choose().turn.release();
    }
  }

  private Task choose() {
    steps++;
    tick.run();
    List<Task> awake = tasks.stream().filter(task -> task.wakes <= steps).toList();
    List<Task> from = awake.isEmpty() ? tasks : awake;
    current = from.get(random.nextInt(from.size()));
    return current;
  }
}

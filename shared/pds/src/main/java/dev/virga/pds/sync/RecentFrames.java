package dev.virga.pds.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last frames of the firehose, encoded once and shared by all subscribers.
 *
 * <p>Holds every frame with a number above its floor and up to its last.
 */
final class RecentFrames {
  /** Bytes that the frames may hold together; a frame is 5 MB at most. */
  private static final long MAX_BYTES = 32L << 20;

  private final int maxFrames;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();

  /**
   * Who waits for more. They are woken together: a condition would hand its lock from one to the
   * next, each with calls of the system.
   */
  private Set<Thread> waiting = new HashSet<>();

  private long floor;
  private long last;
  private long bytes;
  private volatile boolean closed;

  /** An encoded event and its number; without bytes if its blocks are gone. */
  @SuppressWarnings("ArrayRecordComponent")
  record Frame(long seq, byte[] bytes) {
    boolean isThere() {
      return bytes.length > 0;
    }
  }

  /**
   * @param maxFrames the most frames held, so the furthest that a live subscriber may fall behind
   * @param start the last number that was given before the first frame
   */
  RecentFrames(int maxFrames, long start) {
    this.maxFrames = maxFrames;
    this.floor = start;
    this.last = start;
  }

  /** Appends frames in order and wakes whoever waits. */
  void add(List<Frame> more) {
    change(
        () -> {
          for (Frame frame : more) {
            frames.addLast(frame);
            bytes += frame.bytes().length;
            last = frame.seq();
          }
          while (frames.size() > maxFrames || (bytes > MAX_BYTES && frames.size() > 1)) {
            Frame oldest = frames.removeFirst();
            bytes -= oldest.bytes().length;
            floor = oldest.seq();
          }
        });
  }

  /** Lets go of all frames: what has a number up to this one is no longer here. */
  void skipTo(long seq) {
    change(
        () -> {
          frames.clear();
          bytes = 0;
          last = Math.max(last, seq);
          floor = last;
        });
  }

  private void change(Runnable change) {
    Set<Thread> woken;
    lock.lock();
    try {
      change.run();
      woken = waiting;
      waiting = new HashSet<>();
    } finally {
      lock.unlock();
    }
    woken.forEach(LockSupport::unpark);
  }

  long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Every frame above this number and up to the last is here. */
  long floor() {
    lock.lock();
    try {
      return floor;
    } finally {
      lock.unlock();
    }
  }

  /** The frames after a number, or empty if some of them are no longer here. */
  Optional<List<Frame>> after(long seq) {
    lock.lock();
    try {
      if (seq < floor) {
        return Optional.empty();
      }
      List<Frame> later = new ArrayList<>();
      Iterator<Frame> newestFirst = frames.descendingIterator();
      while (newestFirst.hasNext()) {
        Frame frame = newestFirst.next();
        if (frame.seq() <= seq) {
          break;
        }
        later.add(frame);
      }
      return Optional.of(later.reversed());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is something after a number. Without a limit, as a timer for each subscriber
   * and event would cost more than to send it.
   *
   * @return false once closed
   */
  boolean awaitAfter(long seq) throws InterruptedException {
    while (isWaitingAfter(seq)) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        stopWaiting();
        throw new InterruptedException();
      }
    }
    return !closed;
  }

  /** Notes the thread, which is to be woken, if there is nothing for it. */
  private boolean isWaitingAfter(long seq) {
    lock.lock();
    try {
      boolean waits = last <= seq && !closed;
      if (waits) {
        waiting.add(Thread.currentThread());
      }
      return waits;
    } finally {
      lock.unlock();
    }
  }

  private void stopWaiting() {
    lock.lock();
    try {
      waiting.remove(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  void close() {
    change(() -> closed = true);
  }
}

package dev.virga.bench.load;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The most memory of its own that a host takes while something runs: part of {@link GrowthBench}.
 *
 * <p>Files that are mapped, such as a spooled import, do not count: the system gives their pages
 * away when it needs them.
 */
final class MemoryWatch implements AutoCloseable {
  private static final long EACH = Duration.ofMillis(20).toNanos();

  private final HostProcess host;
  private final Thread thread;
  private volatile boolean done;
  private volatile long peak;

  private MemoryWatch(HostProcess host) {
    this.host = host;
    this.thread = Thread.ofVirtual().unstarted(this::run);
  }

  static MemoryWatch of(HostProcess host) {
    MemoryWatch watch = new MemoryWatch(host);
    watch.thread.start();
    return watch;
  }

  private void run() {
    while (!done) {
      peak = Math.max(peak, host.megabytes(HostProcess.Memory.OWN));
      LockSupport.parkNanos(EACH);
    }
  }

  /** In MB, up to now; 0 where the system does not say. */
  long peak() {
    return peak;
  }

  @Override
  public void close() {
    done = true;
    LockSupport.unpark(thread);
  }
}

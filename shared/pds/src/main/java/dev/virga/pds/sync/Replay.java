package dev.virga.pds.sync;

import dev.virga.pds.store.Ahead;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The frames of the log between two numbers, in order and some at a time; while some are sent the
 * next are read, and no more than these: part of {@link Firehose}.
 */
final class Replay {
  /** Entries read from the log at once. */
  static final int PAGE = 200;

  /** Entries encoded at once; with their blocks they may have 2 MB each. */
  static final int CHUNK = 16;

  /**
   * Some frames.
   *
   * @param reached up to which number they are all there is
   * @param isLast whether that is the end
   */
  record Part(List<RecentFrames.Frame> frames, long reached, boolean isLast) {}

  private final EventLog log;
  private final long last;
  private final Function<List<LogEntry>, List<RecentFrames.Frame>> encoder;
  private final Executor ahead;
  private Ahead<Part> coming;

  // What follows is that of the read under way; the next begins when it has ended.
  private List<LogEntry> page = List.of();
  private int taken;
  private long position;

  /**
   * Begins to read.
   *
   * @param from the number before the first
   * @param last the number to end with, up to which the log was filled
   * @param ahead runs the reads, at once or beside the caller
   */
  Replay(
      EventLog log,
      long from,
      long last,
      Function<List<LogEntry>, List<RecentFrames.Frame>> encoder,
      Executor ahead) {
    this.log = log;
    this.position = from;
    this.last = last;
    this.encoder = encoder;
    this.ahead = ahead;
    this.coming = Ahead.begin(this::read, ahead);
  }

  /** The next frames; not to be asked for after the last. */
  Part next() {
    Part part = coming.get();
    if (!part.isLast()) {
      coming = Ahead.begin(this::read, ahead);
    }
    return part;
  }

  private Part read() {
    if (taken == page.size()) {
      page = log.after(position, last, PAGE);
      taken = 0;
    }
    List<LogEntry> chunk = page.subList(taken, Math.min(taken + CHUNK, page.size()));
    taken += chunk.size();
    // A page that is not full shows that there is nothing more, as what was there may be purged.
    boolean isLast = taken == page.size() && page.size() < PAGE;
    position = isLast ? last : chunk.getLast().seq();
    return new Part(encoder.apply(chunk), position, isLast || position >= last);
  }
}

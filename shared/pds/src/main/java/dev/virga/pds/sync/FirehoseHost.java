package dev.virga.pds.sync;

import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.HttpAnswer;
import dev.virga.pds.identity.VettedFetcher;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another process that serves the event stream, as those who number events know it: told of news by
 * {@link Poke}s, so that it need not look all the time. A poke that gets lost costs a second.
 */
public final class FirehoseHost {
  private static final Logger LOG = LoggerFactory.getLogger(FirehoseHost.class);
  private static final VettedFetcher.Limits LIMITS =
      new VettedFetcher.Limits(1_024, Duration.ofSeconds(3));

  private final URI url;
  private final Poke poke;
  private final VettedFetcher fetcher;
  private final Executor background;
  private final AtomicLong news = new AtomicLong();
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile boolean failing;

  /**
   * A host to be told of news.
   *
   * @param origin the operator's setting
   * @param fetcher that may fetch from there
   * @param background runs what nobody waits for
   */
  public FirehoseHost(URI origin, Poke poke, VettedFetcher fetcher, Executor background) {
    this.url = origin.resolve(Poke.PATH);
    this.poke = poke;
    this.fetcher = fetcher;
    this.background = background;
  }

  /** Says in the background that the log has grown; of many numbers it tells the last. */
  public void news(long last) {
    news.accumulateAndGet(last, Math::max);
    tellOn();
  }

  private void tellOn() {
    if (telling.compareAndSet(false, true)) {
      background.execute(this::run);
    }
  }

  private void run() {
    long last = news.get();
    try {
      tell(last);
      if (failing) {
        failing = false;
        LOG.info("{} takes pokes again", url);
      }
    } catch (FetchException e) {
      if (!failing) {
        failing = true;
        LOG.warn("{} cannot be poked and has to look for itself: {}", url, e.getMessage());
      }
    } finally {
      telling.set(false);
    }
    if (news.get() > last) {
      tellOn();
    }
  }

  /**
   * Says that the log has grown, and waits for the answer: for a function that freezes when it
   * ends.
   *
   * @throws FetchException if the host cannot be reached or does not want to know
   */
  public void tell(long last) throws FetchException {
    HttpAnswer answer = fetcher.fetch(VettedFetcher.Request.post(url, poke.sign(last)), LIMITS);
    if (!answer.isSuccess()) {
      throw new FetchException("answered " + answer.status());
    }
  }
}

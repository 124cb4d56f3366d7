package dev.virga.pds.sync;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.HttpAnswer;
import dev.virga.pds.identity.VettedFetcher;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks relays to subscribe when there is news, so that one which lost sight of this server finds it
 * again. Source: com.atproto.sync.requestCrawl.
 */
public final class CrawlRequests {
  private static final Logger LOG = LoggerFactory.getLogger(CrawlRequests.class);

  /** As often as the reference asks; a relay that is subscribed needs no more. */
  private static final Duration AT_MOST_EVERY = Duration.ofMinutes(20);

  private final List<URI> relays;
  private final byte[] body;
  private final VettedFetcher fetcher;
  private final InstantSource clock;
  private final Executor background;

  /** In milliseconds; 0 for never. */
  private final AtomicLong last = new AtomicLong();

  /**
   * Requests on behalf of one server.
   *
   * @param relays their origins; none switches this off
   * @param hostname under which relays reach this server
   */
  public CrawlRequests(
      List<URI> relays,
      String hostname,
      VettedFetcher fetcher,
      InstantSource clock,
      Executor background) {
    this.relays = List.copyOf(relays);
    this.body = DataJson.toJson(Value.Obj.builder().put("hostname", hostname).build());
    this.fetcher = fetcher;
    this.clock = clock;
    this.background = background;
  }

  /** Says that there is news; asks the relays in the background unless they were asked lately. */
  public void news() {
    long now = clock.millis();
    long before = last.get();
    boolean due = now - before > AT_MOST_EVERY.toMillis();
    if (!relays.isEmpty() && due && last.compareAndSet(before, now)) {
      relays.forEach(relay -> background.execute(() -> ask(relay)));
    }
  }

  private void ask(URI relay) {
    URI method = relay.resolve("/xrpc/com.atproto.sync.requestCrawl");
    try {
      HttpAnswer answer =
          fetcher.fetch(VettedFetcher.Request.post(method, body), VettedFetcher.Limits.DOCUMENT);
      if (!answer.isSuccess()) {
        LOG.warn("{} answered {} to a request to crawl", relay, answer.status());
      }
    } catch (FetchException e) {
      LOG.warn("{} could not be asked to crawl: {}", relay, e.getMessage());
    }
  }
}

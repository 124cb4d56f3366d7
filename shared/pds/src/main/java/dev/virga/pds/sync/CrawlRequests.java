package dev.virga.pds.sync;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.HttpAnswer;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks relays to subscribe when there is news, so that one which lost sight of this server finds it
 * again. Source: com.atproto.sync.requestCrawl.
 *
 * <p>When they were asked last is in the Index, for all processes of this server.
 */
public final class CrawlRequests {
  private static final Logger LOG = LoggerFactory.getLogger(CrawlRequests.class);

  /** As often as the reference asks; a relay that is subscribed needs no more. */
  private static final Duration AT_MOST_EVERY = Duration.ofMinutes(20);

  private static final Key STATE = new Key("crawl", "state");
  private static final String ASKED = "asked";
  private static final String VERSION = "version";

  private final Index index;
  private final List<URI> relays;
  private final byte[] body;
  private final VettedFetcher fetcher;
  private final InstantSource clock;
  private final Executor background;

  /** When they were asked last as far as this process knows, in milliseconds; 0 for never. */
  private final AtomicLong last = new AtomicLong();

  /**
   * Requests on behalf of one server.
   *
   * @param relays their origins; none switches this off
   * @param hostname under which relays reach this server
   */
  public CrawlRequests(
      Index index,
      List<URI> relays,
      String hostname,
      VettedFetcher fetcher,
      InstantSource clock,
      Executor background) {
    this.index = index;
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
    if (!relays.isEmpty() && isDue(before, now) && last.compareAndSet(before, now)) {
      background.execute(() -> askUnless(item -> !isDue(asked(item), now), now, Item.EMPTY));
    }
  }

  /** Says that a version of this server runs; asks the relays if it is the first to say so. */
  public void deployed(String version) {
    if (!relays.isEmpty()) {
      background.execute(
          () ->
              askUnless(
                  item -> item.text(VERSION).filter(version::equals).isPresent(),
                  clock.millis(),
                  Item.builder().text(VERSION, version).build()));
    }
  }

  private static boolean isDue(long before, long now) {
    return now - before > AT_MOST_EVERY.toMillis();
  }

  private static long asked(Item state) {
    return state.number(ASKED).orElse(0L);
  }

  /** Asks if the state is not one of those, and if nobody else is about to. */
  private void askUnless(Predicate<Item> done, long now, Item more) {
    try {
      Item state = index.get(STATE).orElse(Item.EMPTY);
      if (done.test(state)) {
        last.accumulateAndGet(asked(state), Math::max);
        return;
      }
      Item.Builder next = state.toBuilder().number(ASKED, now);
      more.text(VERSION).ifPresent(version -> next.text(VERSION, version));
      index.transact(
          Write.all(
              Write.put(
                  STATE,
                  next.build(),
                  asked(state) == 0 ? Condition.ABSENT : Condition.equal(ASKED, asked(state)))));
    } catch (ConditionFailedException somebodyElseAsks) {
      return;
    } catch (StoreException e) {
      LOG.warn("relays are not asked to crawl: nobody knows whether they were", e);
      return;
    }
    relays.forEach(this::ask);
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

package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.lambda.event.BatchAnswer;
import dev.virga.functions.lambda.event.StreamEvent;
import dev.virga.pds.jetstream.WebSocketApi;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers the events of the outbox as the table's stream delivers them, and tells whoever waits for
 * events.
 *
 * <p>To be fed with changes whose sort key begins with {@code outbox#}, from {@code TRIM_HORIZON},
 * with {@code ReportBatchItemFailures} and a bound on retries.
 */
public final class StreamFunction extends CloudFunction<StreamFunction.Work>
    implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamFunction.class);

  /** The next batch waits meanwhile; who takes longer is fed by the function behind the API. */
  private static final Duration FEEDING = Duration.ofSeconds(10);

  /** Kept back of the time that a call has: one that runs out of it gets its batch again. */
  private static final Duration MARGIN = Duration.ofSeconds(20);

  /** What becomes of a batch. */
  record Work(StreamBatches batches, Optional<WebSocketApi> subscribers) {}

  /** For Lambda. */
  public StreamFunction() {
    this(System.getenv());
  }

  StreamFunction(Map<String, String> environment) {
    super(environment);
    begin();
  }

  @Override
  Work compose(Cloud cloud, Map<String, String> variables) {
    return new Work(
        new StreamBatches(cloud.services().changes(cloud.services().eventLog(), Heralds.of(cloud))),
        Heralds.subscribers(cloud));
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    Work work = current();
    BatchAnswer answer = work.batches().accept(StreamEvent.read(in));
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(MARGIN);
    Duration budget = left.compareTo(FEEDING) < 0 ? left : FEEDING;
    work.subscribers().ifPresent(each -> feed(each, budget));
    settle();
    out.write(answer.encode());
  }

  /**
   * What is not sent now will be after the next batch, so the batch is not to come again for it.
   */
  private static void feed(WebSocketApi subscribers, Duration budget) {
    try {
      subscribers.afterBatch(budget);
    } catch (StoreException e) {
      LOG.error("subscribers of the WebSocket API were not fed", e);
    }
  }

  @Override
  void prime() {
    current().batches().accept(new StreamEvent(List.of()));
    current().subscribers().ifPresent(each -> feed(each, FEEDING));
  }
}

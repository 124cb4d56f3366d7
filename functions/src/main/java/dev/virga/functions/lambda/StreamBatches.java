package dev.virga.functions.lambda;

import dev.virga.functions.lambda.event.BatchAnswer;
import dev.virga.functions.lambda.event.StreamEvent;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds batches of the stream to what listens for changes, and says where it stopped: a part of the
 * {@link StreamFunction}.
 *
 * <p>What was delivered before is harmless, so a failure somewhere in a batch is found by feeding
 * it again, record by record: those before the bad one are done with, and it alone is held
 * responsible.
 */
final class StreamBatches {
  private static final Logger LOG = LoggerFactory.getLogger(StreamBatches.class);

  private final Changes.Listener listener;

  StreamBatches(Changes.Listener listener) {
    this.listener = listener;
  }

  BatchAnswer accept(StreamEvent event) {
    try {
      List<Change> changes = new ArrayList<>(event.records().size());
      event.records().forEach(each -> changes.add(each.change().change()));
      listener.accept(changes);
      return BatchAnswer.ALL_WELL;
    } catch (Exception e) {
      LOG.warn("a batch of {} failed, trying one by one", event.records().size(), e);
      return oneByOne(event);
    }
  }

  private BatchAnswer oneByOne(StreamEvent event) {
    for (StreamEvent.Numbered each : event.records()) {
      try {
        listener.accept(List.of(each.change().change()));
      } catch (Exception e) {
        LOG.error("record {} failed", each.sequenceNumber(), e);
        return BatchAnswer.from(each.sequenceNumber());
      }
    }
    return BatchAnswer.ALL_WELL;
  }
}

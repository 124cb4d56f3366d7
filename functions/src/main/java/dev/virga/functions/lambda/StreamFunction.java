package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.lambda.event.StreamEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * Numbers the events of the outbox as the table's stream delivers them, and tells whoever waits for
 * events.
 *
 * <p>To be fed with changes whose sort key begins with {@code outbox#}, from {@code TRIM_HORIZON},
 * with {@code ReportBatchItemFailures} and a bound on retries.
 */
public final class StreamFunction extends CloudFunction<StreamBatches>
    implements RequestStreamHandler {
  /** For Lambda. */
  public StreamFunction() {
    this(System.getenv());
  }

  StreamFunction(Map<String, String> environment) {
    super(environment);
    begin();
  }

  @Override
  StreamBatches compose(Cloud cloud, Map<String, String> variables) {
    return new StreamBatches(
        cloud.services().changes(cloud.services().eventLog(), Heralds.of(cloud)));
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    byte[] answer = current().accept(StreamEvent.read(in)).encode();
    settle();
    out.write(answer);
  }

  @Override
  void prime() {
    current().accept(new StreamEvent(List.of()));
  }
}

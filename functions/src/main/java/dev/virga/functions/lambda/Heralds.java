package dev.virga.functions.lambda;

import dev.virga.aws.websocket.FunctionWake;
import dev.virga.aws.websocket.GatewayPosting;
import dev.virga.functions.Services;
import dev.virga.pds.jetstream.WebSocketApi;
import dev.virga.pds.sync.CrawlRequests;
import dev.virga.pds.sync.FirehoseHost;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Tell of new events whoever waits for them. */
final class Heralds {
  private static final String WEBSOCKETS = "VIRGA_WEBSOCKET_URL";

  private Heralds() {}

  /** Those that the sequencer of a function calls; none of them throws or is waited for. */
  static LongConsumer of(Cloud cloud) {
    Services services = cloud.services();
    CrawlRequests crawls = services.crawlRequests();
    Optional<FirehoseHost> host = services.firehoseHost();
    return last -> {
      host.ifPresent(there -> there.news(last));
      crawls.news();
    };
  }

  /** The subscribers of the WebSocket API, if there is one. */
  static Optional<WebSocketApi> subscribers(Cloud cloud) {
    return cloud
        .aws()
        .value(WEBSOCKETS)
        .map(
            url ->
                cloud
                    .services()
                    .webSocketApi(GatewayPosting.of(cloud.aws()), FunctionWake.of(cloud.aws())));
  }
}

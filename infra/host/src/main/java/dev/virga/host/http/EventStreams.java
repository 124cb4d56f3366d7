package dev.virga.host.http;

import dev.virga.pds.sync.FrameSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;

/**
 * Upgrades requests for the event stream to WebSocket and keeps account of who subscribes; all
 * other requests pass on to the {@link HttpAdapter}.
 */
final class EventStreams extends Handler.Wrapper {
  private static final String PATH = "/xrpc/com.atproto.sync.subscribeRepos";

  /** Bounds memory together with each subscriber's queue. */
  private static final int MAX_SUBSCRIBERS = 1_000;

  /** Holds both ways; a frame of the event stream may have 5 MB. */
  private static final long MAX_FRAME = 6L * 1024 * 1024;

  /** Well below the minutes after which proxies cut silent connections. */
  private static final long PING_SECONDS = 30;

  private final FrameSource frames;
  private final int buffer;
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final WebSocketComponents components = new WebSocketComponents();
  private final WebSocketMappings mappings = new WebSocketMappings(components);
  private final WebSocketNegotiator negotiator;

  EventStreams(FrameSource frames, int buffer, Handler next) {
    super(next);
    this.frames = frames;
    this.buffer = buffer;
    this.negotiator =
        WebSocketNegotiator.from(
            this::subscribe,
            (stream, request, response) -> (EventStream) stream,
            EventStreams::configure);
    addBean(components);
  }

  private Object subscribe(
      ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
    response.setExtensions(List.of()); // no compression, as the reference
    return new EventStream(frames, request.getHttpURI().getQuery(), buffer, open);
  }

  private static void configure(Configuration configuration) {
    configuration.setIdleTimeout(Duration.ZERO);
    configuration.setAutoFragment(
        true); // what a client sends is not gathered, but dropped in pieces
    configuration.setMaxFrameSize(MAX_FRAME);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean subscribes =
        PATH.equals(Request.getPathInContext(request))
            && request.getMethod().equals("GET")
            && "websocket".equalsIgnoreCase(request.getHeaders().get(HttpHeader.UPGRADE));
    if (!subscribes) {
      return super.handle(request, response, callback);
    }
    if (open.size() >= MAX_SUBSCRIBERS) {
      Response.writeError(request, response, callback, 503);
      return true;
    }
    return mappings.upgrade(negotiator, request, response, callback, null)
        || super.handle(request, response, callback);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    schedulePing();
  }

  private void schedulePing() {
    getServer().getScheduler().schedule(this::pingAll, PING_SECONDS, TimeUnit.SECONDS);
  }

  private void pingAll() {
    if (isRunning()) {
      open.forEach(EventStream::ping);
      schedulePing();
    }
  }

  /** Sends every subscriber away: 1001, going away. */
  void closeAll() {
    open.forEach(stream -> stream.close(1001, "going away"));
  }
}

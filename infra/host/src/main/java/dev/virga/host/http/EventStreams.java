package dev.virga.host.http;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.ErrorAnswers;
import dev.virga.functions.xrpc.QueryString;
import dev.virga.pds.XrpcException;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.sync.FrameSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;

/**
 * Upgrades requests for the event stream, in its own format and in Jetstream's, to WebSocket and
 * keeps account of who subscribes; all other requests pass on to the {@link HttpAdapter}.
 */
final class EventStreams extends Handler.Wrapper {
  private static final String FIREHOSE = "/xrpc/com.atproto.sync.subscribeRepos";
  private static final String JETSTREAM = "/subscribe";

  /** Bounds memory together with each subscriber's queue, whose frames all of them share. */
  private static final int MAX_SUBSCRIBERS = 4_000;

  /** Holds both ways; a frame of the event stream may have 5 MB. */
  private static final long MAX_FRAME = 6L * 1024 * 1024;

  /** Frames of up to a quarter of it gather there while more are waiting; taken only then. */
  private static final int GATHERED = 64 * 1024;

  /** Well below the minutes after which proxies cut silent connections. */
  private static final long PING_SECONDS = 30;

  private final FrameSource frames;
  private final Jetstream jetstream;
  private final int buffer;
  private final AtomicLong unfinished = new AtomicLong();
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final WebSocketComponents components = new WebSocketComponents();
  private final WebSocketMappings mappings = new WebSocketMappings(components);

  EventStreams(FrameSource frames, Jetstream jetstream, int buffer, Handler next) {
    super(next);
    this.frames = frames;
    this.jetstream = jetstream;
    this.buffer = buffer;
    addBean(components);
  }

  private static void configure(Configuration configuration) {
    configuration.setIdleTimeout(Duration.ZERO);
    configuration.setAutoFragment(
        true); // what a client sends is not gathered, but dropped in pieces
    configuration.setMaxFrameSize(MAX_FRAME);
    configuration.setOutputBufferSize(GATHERED);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    boolean subscribes =
        (path.equals(FIREHOSE) || path.equals(JETSTREAM))
            && request.getMethod().equals("GET")
            && "websocket".equalsIgnoreCase(request.getHeaders().get(HttpHeader.UPGRADE));
    if (!subscribes) {
      return super.handle(request, response, callback);
    }
    if (open.size() >= MAX_SUBSCRIBERS) {
      Response.writeError(request, response, callback, 503);
      return true;
    }
    Subscriber subscriber;
    try {
      subscriber = path.equals(FIREHOSE) ? firehose(request) : jetstream(request);
    } catch (XrpcException e) {
      refuse(e, response, callback);
      return true;
    }
    return mappings.upgrade(negotiator(subscriber), request, response, callback, null)
        || super.handle(request, response, callback);
  }

  private Subscriber firehose(Request request) {
    return new FirehoseSubscriber(frames, request.getHttpURI().getQuery());
  }

  private Subscriber jetstream(Request request) {
    String query = request.getHttpURI().getQuery();
    return new JetstreamSubscriber(
        jetstream.open(
            QueryString.parse(query == null ? "" : query),
            Optional.ofNullable(request.getHeaders().get("Socket-Encoding"))));
  }

  private static void refuse(XrpcException why, Response response, Callback callback) {
    HttpResponse answer = ErrorAnswers.of(why, JETSTREAM);
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
    byte[] body =
        answer.body() instanceof HttpResponse.Body.Bytes(byte[] json) ? json : new byte[0];
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  private WebSocketNegotiator negotiator(Subscriber subscriber) {
    return WebSocketNegotiator.from(
        (request, response, callback) -> {
          response.setExtensions(List.of()); // no compression, as the reference
          return new EventStream(subscriber, buffer, unfinished, open);
        },
        (stream, request, response) -> (EventStream) stream,
        EventStreams::configure);
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

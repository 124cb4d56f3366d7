package dev.virga.host.http;

import dev.virga.functions.site.Site;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.sync.FrameSource;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Serves a {@link Site} and the event streams on one port, until closed. */
public final class HttpServer implements AutoCloseable {
  /** As the reference keeps connections; longer than load balancers usually do. */
  private static final Duration IDLE = Duration.ofSeconds(90);

  /** How long requests under way get to finish when the server closes. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** Lines, headers and query of one request; as Node's. */
  private static final int MAX_HEADERS = 16 * 1024;

  /** Each costs some 20 KB while idle. */
  private static final int MAX_CONNECTIONS = 10_000;

  private static final int MAX_THREADS = 32;

  private final Server server;
  private final ServerConnector connector;
  private @Nullable EventStreams streams;

  private HttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Takes a port; who connects waits until {@link #serve}.
   *
   * @param port 0 for any that is free
   * @throws IOException if the port is taken
   */
  public static HttpServer bind(int port) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("request-"));
    Server server = new Server(threads);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
    connector.setPort(port);
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setAcceptQueueSize(1024);
    connector.open();
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
    server.setErrorHandler(new BadRequests());
    server.setStopTimeout(DRAIN.toMillis());
    return new HttpServer(server, connector);
  }

  /**
   * Begins to answer.
   *
   * @param streamBuffer the most frames that wait for one subscriber of the event stream
   */
  public void serve(Site site, FrameSource frames, Jetstream jetstream, int streamBuffer)
      throws IOException {
    EventStreams upgrading =
        new EventStreams(frames, jetstream, streamBuffer, new HttpAdapter(site));
    server.setHandler(new GracefulHandler(upgrading));
    streams = upgrading;
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException("cannot start the HTTP server", e);
    }
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendXPoweredBy(false);
    configuration.setRequestHeaderSize(MAX_HEADERS);
    configuration.setResponseHeaderSize(MAX_HEADERS);
    configuration.setUriCompliance(
        UriCompliance.UNSAFE); // RequestPath judges, and keeps connections
    return configuration;
  }

  /** The port that is served. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Lets requests under way finish, sends subscribers away with 1001, and frees the port. */
  @Override
  public void close() throws IOException {
    EventStreams upgraded = streams;
    try {
      if (upgraded != null) {
        upgraded.closeAll();
      }
      connector.close(); // also if it was never started
      server.stop();
    } catch (Exception e) {
      throw new IOException("the HTTP server did not stop cleanly", e);
    }
  }
}

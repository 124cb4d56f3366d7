package dev.virga.pds.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * The one HTTP client for everything that others make this server fetch: identity documents, client
 * metadata, other servers' endpoints.
 *
 * <p>HTTPS to public addresses only: the name is resolved once, every address is checked, and the
 * connection goes to the very address that was checked, where the certificate must be the name's.
 * Redirects are answers like any other. Size and time are limited. A laptop may relax the first
 * rule by {@link Policy#LAPTOP}. Source: DESIGN §7.
 */
public final class VettedFetcher {
  /** Where requests may go. */
  public enum Policy {
    /** Public addresses, by HTTPS at a name and the usual port. */
    PUBLIC_ONLY,
    /**
     * Anywhere, for tests, development and what only the operator can name: plain HTTP, IP
     * literals, any port, any address.
     */
    LAPTOP
  }

  /**
   * What a fetch may cost.
   *
   * @param bodyBytes the most bytes of an answer's body
   * @param time for all of it, from the name lookup to the last byte
   */
  public record Limits(int bodyBytes, Duration time) {
    /** For documents: half a megabyte and ten seconds. */
    public static final Limits DOCUMENT = new Limits(512 * 1024, Duration.ofSeconds(10));

    public Limits within(Duration limit) {
      return new Limits(bodyBytes, limit);
    }
  }

  /**
   * A request.
   *
   * @param headers beside Host, User-Agent, Connection and Content-Length, which are ours
   * @param body empty for none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(String method, URI uri, Map<String, String> headers, byte[] body) {
    public Request {
      headers = Map.copyOf(headers);
    }

    public static Request get(URI uri) {
      return new Request("GET", uri, Map.of(), new byte[0]);
    }

    /** A POST of JSON. */
    public static Request post(URI uri, byte[] json) {
      return new Request("POST", uri, Map.of("Content-Type", "application/json"), json);
    }

    public Request withHeader(String name, String value) {
      Map<String, String> more = new java.util.HashMap<>(headers);
      more.put(name, value);
      return new Request(method, uri, more, body);
    }
  }

  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z0-9]");
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9-]+");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]*");
  private static final int MAX_ADDRESSES = 4;

  private final AddressLookup lookup;
  private final SSLSocketFactory tls;
  private final Policy policy;
  private final String userAgent;

  public VettedFetcher(
      AddressLookup lookup, SSLSocketFactory tls, Policy policy, String userAgent) {
    this.lookup = lookup;
    this.tls = tls;
    this.policy = policy;
    this.userAgent = userAgent;
  }

  /** The same for URLs that the operator gave, which may be of a private network. */
  public VettedFetcher forOperator() {
    return new VettedFetcher(lookup, tls, Policy.LAPTOP, userAgent);
  }

  /**
   * Sends a request and reads the whole answer, whatever its status.
   *
   * @throws FetchException if the request is not allowed, or the answer is late, too large or not
   *     HTTP
   */
  public HttpAnswer fetch(Request request, Limits limits) throws FetchException {
    URI uri = vetted(request.uri());
    Deadline deadline = Deadline.in(limits.time());
    List<InetAddress> addresses = resolve(uri.getHost(), deadline);
    byte[] message = message(request, uri);
    try (Socket socket = connect(uri, addresses, deadline)) {
      socket.getOutputStream().write(message);
      socket.getOutputStream().flush();
      return new HttpAnswerReader(deadline.guard(socket), limits.bodyBytes())
          .read(request.method().equals("HEAD"));
    } catch (FetchException e) {
      throw e;
    } catch (IOException e) {
      throw new FetchException("could not fetch from " + uri.getHost() + ": " + reason(e), e);
    }
  }

  private URI vetted(URI uri) throws FetchException {
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getScheme() == null) {
      throw new FetchException("not a URL to fetch from");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !(policy == Policy.LAPTOP && scheme.equals("http"))) {
      throw new FetchException("only https is fetched");
    }
    if (policy == Policy.PUBLIC_ONLY
        && !HOST_NAME.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches()) {
      throw new FetchException("not the name of a public host: " + uri.getHost());
    }
    if (policy == Policy.PUBLIC_ONLY && uri.getPort() != -1 && uri.getPort() != 443) {
      throw new FetchException("only the usual port is fetched from");
    }
    return uri;
  }

  private List<InetAddress> resolve(String host, Deadline deadline) throws FetchException {
    // The system's lookup knows no deadline; a thread that waits for it too long is left behind.
    FutureTask<List<InetAddress>> task =
        new FutureTask<>(() -> lookup.addresses(host.replaceAll("^\\[|]$", "")));
    Thread.ofVirtual().name("lookup").start(task);
    List<InetAddress> addresses;
    try {
      addresses = task.get(deadline.millisLeft(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new FetchException("name lookup took too long: " + host, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("interrupted", e);
    } catch (ExecutionException e) {
      boolean unknown = e.getCause() instanceof UnknownHostException;
      throw new FetchException((unknown ? "no such host: " : "lookup failed: ") + host, e);
    }
    if (addresses.isEmpty()) {
      throw new FetchException("no such host: " + host);
    }
    if (policy == Policy.PUBLIC_ONLY && !addresses.stream().allMatch(PublicAddress::is)) {
      throw new FetchException("not a public address: " + host);
    }
    return addresses.subList(0, Math.min(addresses.size(), MAX_ADDRESSES));
  }

  private Socket connect(URI uri, List<InetAddress> addresses, Deadline deadline)
      throws IOException {
    boolean secure = uri.getScheme().equalsIgnoreCase("https");
    int port = uri.getPort() != -1 ? uri.getPort() : secure ? 443 : 80;
    IOException failure = new IOException("no address");
    for (InetAddress address : addresses) {
      Socket socket = new Socket(java.net.Proxy.NO_PROXY);
      try {
        socket.connect(new InetSocketAddress(address, port), deadline.millisLeft());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(deadline.millisLeft());
        return secure ? secured(socket, uri.getHost(), port) : socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    throw failure;
  }

  private Socket secured(Socket plain, String host, int port) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private byte[] message(Request request, URI uri) throws FetchException {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    StringBuilder head = new StringBuilder(256);
    head.append(request.method()).append(' ').append(target).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(uri.getRawAuthority()).append("\r\n");
    head.append("User-Agent: ").append(userAgent).append("\r\n");
    head.append("Accept-Encoding: identity\r\nConnection: close\r\n");
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      if (!HEADER_NAME.matcher(header.getKey()).matches()
          || !HEADER_VALUE.matcher(header.getValue()).matches()) {
        throw new FetchException("not a header to send: " + header.getKey());
      }
      head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (request.body().length > 0 || request.method().equals("POST")) {
      head.append("Content-Length: ").append(request.body().length).append("\r\n");
    }
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    byte[] message = java.util.Arrays.copyOf(start, start.length + request.body().length);
    System.arraycopy(request.body(), 0, message, start.length, request.body().length);
    return message;
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

package dev.virga.pds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VettedFetcherTest {
  private static final VettedFetcher.Limits LIMITS =
      new VettedFetcher.Limits(1000, Duration.ofSeconds(10));

  private final VettedFetcher laptop = fetcher(AddressLookup.system(), VettedFetcher.Policy.LAPTOP);

  private static VettedFetcher fetcher(AddressLookup lookup, VettedFetcher.Policy policy) {
    return new VettedFetcher(
        lookup, (SSLSocketFactory) SSLSocketFactory.getDefault(), policy, "Virga/test");
  }

  @Test
  void sendsARequestAndReadsTheAnswer() throws Exception {
    try (OneShotServer server = new OneShotServer(request -> OneShotServer.ok("{}"))) {
      HttpAnswer answer =
          laptop.fetch(
              VettedFetcher.Request.get(server.uri("/a%20b?c=d")).withHeader("X-Y", "z"), LIMITS);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("{}");
      assertThat(server.requests().getFirst())
          .startsWith("GET /a%20b?c=d HTTP/1.1\nHost: localhost:")
          .contains("\nUser-Agent: Virga/test\n", "\nX-Y: z\n", "\nConnection: close\n");
    }
  }

  @Test
  void postsBodies() throws Exception {
    try (OneShotServer server = new OneShotServer(request -> OneShotServer.answer(202, ""))) {
      byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

      assertThat(laptop.fetch(VettedFetcher.Request.post(server.uri(""), body), LIMITS).isSuccess())
          .isTrue();
      assertThat(server.requests().getFirst())
          .startsWith("POST / HTTP/1.1\n")
          .contains("Content-Type: application/json\n", "Content-Length: 7\n")
          .endsWith("\n\n{\"a\":1}");
    }
  }

  @Test
  void followsNoRedirects() throws Exception {
    try (OneShotServer server =
        new OneShotServer(
            request -> "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(laptop.fetch(VettedFetcher.Request.get(server.uri("/")), LIMITS).status())
          .isEqualTo(302);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void stopsAtTheLimitOfBytes() throws Exception {
    try (OneShotServer server = new OneShotServer(request -> OneShotServer.ok("x".repeat(1001)))) {
      assertThatThrownBy(() -> laptop.fetch(VettedFetcher.Request.get(server.uri("/")), LIMITS))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("larger than 1000 bytes");
    }
  }

  @Test
  void stopsWhenTheTimeIsUp() throws Exception {
    // Connections are taken by the system, but nobody ever answers.
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("http://localhost:" + silent.getLocalPort() + "/");

      assertThatThrownBy(
              () ->
                  laptop.fetch(
                      VettedFetcher.Request.get(uri), LIMITS.within(Duration.ofMillis(30))))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("took too long");
    }
  }

  @Test
  void reportsHostsThatDoNotExist() {
    VettedFetcher nowhere =
        fetcher(
            host -> {
              throw new UnknownHostException(host);
            },
            VettedFetcher.Policy.PUBLIC_ONLY);

    assertThatThrownBy(() -> nowhere.fetch(get("https://nowhere.org/"), LIMITS))
        .isInstanceOf(FetchException.class)
        .hasMessage("no such host: nowhere.org");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/",
        "ftp://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://localhost/",
        "https://127.1/",
        "https://user:pw@example.org/",
        "https://example.org:8443/",
        "file:///etc/passwd",
        "https:///x",
        "mailto:a@example.org"
      })
  void neverLooksUpWhatIsNotAPublicHttpsUrl(String url) {
    AtomicInteger lookups = new AtomicInteger();
    VettedFetcher strict =
        fetcher(
            host -> {
              lookups.incrementAndGet();
              return List.of(InetAddress.getLoopbackAddress());
            },
            VettedFetcher.Policy.PUBLIC_ONLY);

    assertThatThrownBy(() -> strict.fetch(get(url), LIMITS)).isInstanceOf(FetchException.class);
    assertThat(lookups).hasValue(0);
  }

  @Test
  void connectsToNoNameWithANonPublicAddress() throws Exception {
    InetAddress good = InetAddress.ofLiteral("93.184.216.34");
    InetAddress bad = InetAddress.ofLiteral("169.254.169.254");
    VettedFetcher strict = fetcher(host -> List.of(good, bad), VettedFetcher.Policy.PUBLIC_ONLY);

    assertThatThrownBy(() -> strict.fetch(get("https://rebind.example.org/"), LIMITS))
        .isInstanceOf(FetchException.class)
        .hasMessage("not a public address: rebind.example.org");
  }

  @Test
  void sendsNoHeadersThatSmuggle() {
    assertThatThrownBy(
            () -> laptop.fetch(get("http://localhost:1/").withHeader("A", "b\r\nC: d"), LIMITS))
        .isInstanceOf(FetchException.class);
  }

  private static VettedFetcher.Request get(String url) {
    return VettedFetcher.Request.get(URI.create(url));
  }
}

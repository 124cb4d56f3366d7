package dev.virga.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.virga.host.backend.Backend;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Poke;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several hosts on the same stores, in their modes. */
@Timeout(60)
final class ModesTest {
  @TempDir private Path directory;

  private final MemoryIndex index = new MemoryIndex();
  private final MemoryObjects objects = new MemoryObjects();
  private final EventLog log = new EventLog(index, InstantSource.system(), Duration.ofDays(3));
  private int hosts;

  /** In memory, but for several processes as far as a host can tell. */
  private final class SharedBackend implements Backend {
    private @Nullable AutoCloseable feed;

    @Override
    public Index index() {
      return index;
    }

    @Override
    public Objects objects() {
      return objects;
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public void deliver(Changes.Companion companion, Changes.Listener listener, Missed missed) {
      feed = index.deliver(listener);
    }

    @Override
    public void sweep(Instant now) {}

    @Override
    public String place() {
      return "memory";
    }

    @Override
    public void close() {
      try {
        if (feed != null) {
          feed.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private PdsConfig config(String... settings) throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("PDS_PORT", "0"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return PdsConfig.parse(new SecretFile(directory, new Random(1)).complete(all));
  }

  private Host start(Mode mode, String... settings) throws IOException {
    Path own = directory.resolve("host-" + hosts++);
    return Host.start(config(settings), new SharedBackend(), mode, own);
  }

  @Test
  void aFirehoseHostServesButNumbersNothing() throws Exception {
    try (Host firehose = start(Mode.FIREHOSE)) {
      assertThat(signUp(firehose, "alice")).isEqualTo(200);
      assertThat(log.last()).isZero();
      try (Host writer = start(Mode.ALL)) {
        await().until(() -> log.last() > 0);
        assertThat(signUp(writer, "bob")).isEqualTo(200);
      }
    }
  }

  @Test
  void aFirehoseHostListensToSignedPokesOnly() throws Exception {
    PdsConfig config = config();
    Poke poke = new Poke(config.secrets().dpop().bytes(), InstantSource.system());
    try (Host firehose = start(Mode.FIREHOSE)) {
      assertThat(post(firehose, Poke.PATH, poke.sign(1))).isEqualTo(200);
      byte[] other = new Poke(new byte[32], InstantSource.system()).sign(1);
      assertThat(post(firehose, Poke.PATH, other)).isEqualTo(401);
      assertThat(post(firehose, Poke.PATH, new byte[0])).isEqualTo(401);
      assertThat(post(firehose, Poke.PATH, new byte[10_000])).isEqualTo(401);
    }
  }

  @Test
  void aLaptopIsNotPoked() throws Exception {
    try (Host laptop = Host.start(config(), directory)) {
      assertThat(post(laptop, Poke.PATH, new byte[0])).isEqualTo(404);
    }
  }

  @Test
  void aWriterGoesOnWithoutItsFirehoseHost() throws Exception {
    try (Host writer = start(Mode.ALL, "VIRGA_FIREHOSE_URL", "http://localhost:1")) {
      assertThat(signUp(writer, "alice")).isEqualTo(200);
      await().until(() -> log.last() > 0);
    }
  }

  private static int signUp(Host host, String name) throws Exception {
    String account =
        "{\"handle\":\"%s.test\",\"email\":\"%s@example.com\",\"password\":\"correct horse\"}"
            .formatted(name, name);
    return post(
        host, "/xrpc/com.atproto.server.createAccount", account.getBytes(StandardCharsets.UTF_8));
  }

  private static int post(Host host, String path, byte[] json) throws Exception {
    URI uri = URI.create("http://localhost:" + host.config().service().port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}

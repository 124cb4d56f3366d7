package dev.virga.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class HostTest {
  @TempDir private Path directory;

  private Host start(Map<String, String> settings) throws IOException {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("PDS_PORT", "0");
    Map<String, String> complete = new SecretFile(directory, new Random(1)).complete(all);
    return Host.start(PdsConfig.parse(complete), directory);
  }

  @Test
  void anAccountIsMadeAndOutlivesTheProcess() throws Exception {
    Value.Obj made;
    try (Host host = start(Map.of())) {
      made = post(host, "com.atproto.server.createAccount", account("alice.test"));
      assertThat(made.text("accessJwt")).isPresent();
      String did = made.text("did").orElseThrow();
      assertThat(get(host, "/" + did))
          .contains("at://alice.test", host.config().service().publicUrl().toString());
      assertThat(get(host, "/xrpc/com.atproto.sync.getLatestCommit?did=" + did))
          .contains("\"rev\"");
    }
    try (Host host = start(Map.of())) {
      String login = "{\"identifier\":\"alice.test\",\"password\":\"correct horse\"}";
      Value.Obj session = post(host, "com.atproto.server.createSession", login);
      assertThat(session.text("did")).isEqualTo(made.text("did"));
    }
  }

  @Test
  void aDirectoryBelongsToOneHost() throws Exception {
    try (Host host = start(Map.of())) {
      assertThat(get(host, "/xrpc/_health")).contains("version");
      assertThatThrownBy(() -> start(Map.of())).hasMessageContaining("index.db");
    }
  }

  @Test
  void closingTwiceIsHarmless() throws Exception {
    Host host = start(Map.of());
    host.close();
    host.close();
    host.join();
  }

  @Test
  void withAPublicPlcDirectoryThereIsNoneOfItsOwn() throws Exception {
    try (Host host = start(Map.of("PDS_DID_PLC_URL", "https://plc.example"))) {
      assertThat(get(host, "/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")).isEqualTo("Not Found");
    }
  }

  private static String account(String handle) {
    return "{\"handle\":\""
        + handle
        + "\",\"email\":\"a@example.com\",\"password\":\"correct horse\"}";
  }

  private static Value.Obj post(Host host, String method, String json) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(host, "/xrpc/" + method))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      byte[] body = client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
      return (Value.Obj) DataJson.parse(body);
    }
  }

  private static String get(Host host, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(host, path)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static URI uri(Host host, String path) {
    return URI.create("http://localhost:" + host.config().service().port() + path);
  }
}

package dev.virga.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host on a disk that fills up, cannot be written, or loses the end of a file. */
@Timeout(120)
class DiskTest {
  private static final int DISK_BYTES = 24 * 1024 * 1024;

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private boolean mounted;
  private String did = "";
  private String token = "";

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      run("umount", "-l", directory.toString());
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A disk of its own, where this process may make one. */
  private void mount() throws Exception {
    mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", directory.toString());
    assumeTrue(mounted, "a disk of its own needs permission to mount");
  }

  private Host start() throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("PDS_PORT", "0");
    return Host.start(
        PdsConfig.parse(new SecretFile(directory, new Random(1)).complete(variables)), directory);
  }

  private void signUp(Host host) throws Exception {
    HttpResponse<byte[]> made =
        post(
            host,
            "com.atproto.server.createAccount",
            "application/json",
            "{\"handle\":\"alice.test\",\"email\":\"a@example.com\",\"password\":\"correct horse\"}"
                .getBytes(UTF_8));
    did = json(made).text("did").orElseThrow();
    token = json(made).text("accessJwt").orElseThrow();
  }

  private static Value.Obj json(HttpResponse<byte[]> answer) {
    return (Value.Obj) DataJson.parse(answer.body());
  }

  private HttpResponse<byte[]> create(Host host, int n) throws Exception {
    String record =
        "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"record\":{\"n\":%d,\"text\":\"%s\"}}"
            .formatted(did, n, "x".repeat(100_000));
    return post(host, "com.atproto.repo.createRecord", "application/json", record.getBytes(UTF_8));
  }

  @Test
  void aDiskThatFillsUpLosesNothingAndGoesOnWhenThereIsSpace() throws Exception {
    mount();
    Path ballast = directory.resolve("ballast");
    Files.write(ballast, new byte[12 * 1024 * 1024]);
    Map<String, String> acknowledged = new HashMap<>();
    try (Host host = start()) {
      signUp(host);
      int n = 0;
      HttpResponse<byte[]> answer = create(host, n);
      while (answer.statusCode() == 200) {
        acknowledged.put(
            json(answer).text("uri").orElseThrow(), json(answer).text("cid").orElseThrow());
        assertThat(++n).isLessThan(500);
        answer = create(host, n);
      }
      assertThat(answer.statusCode()).isGreaterThanOrEqualTo(500);
      assertThat(json(answer).text("error")).isPresent();
      HttpResponse<byte[]> refused =
          post(host, "com.atproto.repo.uploadBlob", "video/mp4", new byte[5_000_000]);
      assertThat(refused.statusCode()).isGreaterThanOrEqualTo(500);
      assertThat(json(refused).text("error")).isPresent();
      assertThere(host, acknowledged);

      Files.delete(ballast);
      assertThat(create(host, n).statusCode()).isEqualTo(200);
    }
    assertThat(Inspection.of(directory).findings()).isEmpty();
    try (Host host = start()) {
      assertThere(host, acknowledged);
    }
  }

  private void assertThere(Host host, Map<String, String> acknowledged) throws Exception {
    assertThat(acknowledged).isNotEmpty();
    for (Map.Entry<String, String> record : acknowledged.entrySet()) {
      String rkey = record.getKey().substring(record.getKey().lastIndexOf('/') + 1);
      HttpResponse<byte[]> answer =
          get(
              host,
              "com.atproto.repo.getRecord?repo=%s&collection=com.example.note&rkey=%s"
                  .formatted(did, rkey));
      assertThat(json(answer).text("cid")).contains(record.getValue());
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamedAtTheStart() throws Exception {
    mount();
    try (Host host = start()) {
      signUp(host);
    }
    assertThat(run("mount", "-o", "remount,ro", directory.toString())).isTrue();
    assertThatThrownBy(this::start)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("index.db");
  }

  @Test
  void aBlobThatWasCutShortIsNotServedAndNamed() throws Exception {
    assertDamageOfABlobIsNoticed(DiskTest::cut);
  }

  @Test
  void aBlobWithAFlippedBitIsNotServedAndNamed() throws Exception {
    assertDamageOfABlobIsNoticed(DiskTest::flip);
  }

  /** Does something to a file. */
  private interface Harm {
    void to(FileChannel file) throws IOException;
  }

  private static void cut(FileChannel file) throws IOException {
    file.truncate(file.size() / 2);
  }

  private static void flip(FileChannel file) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    file.read(one, 1_000);
    file.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 16)}), 1_000);
  }

  private void assertDamageOfABlobIsNoticed(Harm harm) throws Exception {
    try (Host host = start()) {
      signUp(host);
      byte[] bytes = new byte[600_000];
      new Random(1).nextBytes(bytes);
      Value.Obj blob =
          json(post(host, "com.atproto.repo.uploadBlob", "video/mp4", bytes))
              .obj("blob")
              .orElseThrow();
      String uploaded = new String(DataJson.toJson(blob), UTF_8);
      HttpResponse<byte[]> referred =
          post(
              host,
              "com.atproto.repo.createRecord",
              "application/json",
              "{\"repo\":\"%s\",\"collection\":\"com.example.file\",\"record\":{\"file\":%s}}"
                  .formatted(did, uploaded)
                  .getBytes(UTF_8));
      assertThat(referred.statusCode()).isEqualTo(200);
      String cid = uploaded.replaceAll(".*\"\\$link\":\"(\\w+)\".*", "$1");
      String method = "com.atproto.sync.getBlob?did=" + did + "&cid=" + cid;
      assertThat(get(host, method).body()).isEqualTo(bytes);

      harm(directory.resolve("objects"), harm);
      assertThat(isServed(host, method)).isFalse();
      assertThat(Inspection.of(directory).findings())
          .singleElement()
          .satisfies(finding -> assertThat(finding).contains("BLOB_DAMAGED", cid));
    }
  }

  /** Whether there is a whole answer, and no error: one that breaks off is none. */
  private boolean isServed(Host host, String method) throws Exception {
    try {
      return get(host, method).statusCode() < 500;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isBlob(Path file) {
    return file.toFile().length() > 500_000 && !file.toString().contains(".db");
  }

  private static void harm(Path below, Harm harm) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      for (Path file : files.filter(Files::isRegularFile).filter(DiskTest::isBlob).toList()) {
        try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          harm.to(channel);
        }
      }
    }
  }

  private HttpResponse<byte[]> post(Host host, String method, String type, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(host, method))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    return send(request, token);
  }

  private HttpResponse<byte[]> get(Host host, String method) throws Exception {
    return send(HttpRequest.newBuilder(uri(host, method)), null);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request, @Nullable String bearer)
      throws Exception {
    if (bearer != null && !bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static URI uri(Host host, String method) {
    return URI.create("http://localhost:" + host.config().service().port() + "/xrpc/" + method);
  }
}

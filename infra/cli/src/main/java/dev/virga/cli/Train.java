package dev.virga.cli;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.host.Host;
import dev.virga.host.SecretFile;
import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * {@code virga train}: the short life of a PDS in a directory of its own, in which every common
 * request comes many times.
 *
 * <p>Run by the build with the JVM's AOT cache open, which keeps the classes that were loaded and
 * what was learnt about the methods, so that later hosts start and warm up in half the time.
 */
@Command(
    name = "train",
    description = "Lives a short life for the JVM to learn from.",
    hidden = true)
final class Train implements Callable<Integer> {
  /** Past the second threshold of the compiler, with what the requests of a kind share. */
  private static final int ROUNDS = 250;

  /** Times that the whole repository goes round. */
  private static final int MOVES = 12;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String POST = "app.bsky.feed.post";

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("virga-train");
    try {
      Map<String, String> variables =
          Map.of("PDS_PORT", "0", "PDS_DATA_DIRECTORY", directory.toString());
      SecretFile secrets = new SecretFile(directory, new SecureRandom());
      try (Host host = Host.start(PdsConfig.parse(secrets.complete(variables)), directory);
          HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
        URI server = URI.create("http://localhost:" + host.config().service().port());
        new Client(http, server).live();
      }
      return 0;
    } finally {
      remove(directory);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Who makes the requests. */
  private static final class Client {
    private final HttpClient http;
    private final URI server;
    private String token = "";
    private String did = "";

    Client(HttpClient http, URI server) {
      this.http = http;
      this.server = server;
    }

    void live() throws IOException, InterruptedException {
      Value.Obj made =
          post(
              "com.atproto.server.createAccount",
              object("handle", "train.test", "email", "train@example.com", "password", "training"));
      token = made.text("accessJwt").orElseThrow();
      did = made.text("did").orElseThrow();
      WebSocket firehose = subscribe("", new WebSocket.Listener() {});
      for (int round = 0; round < ROUNDS; round++) {
        write(round);
      }
      firehose.abort();
      for (int round = 0; round < MOVES; round++) {
        replay();
        move();
      }
    }

    private WebSocket subscribe(String cursor, WebSocket.Listener listener) {
      URI events =
          URI.create("ws://" + server.getAuthority() + path("sync.subscribeRepos") + cursor);
      return http.newWebSocketBuilder().buildAsync(events, listener).join();
    }

    /** All events again, as far as to some hundreds. */
    private void replay() throws InterruptedException {
      CountDownLatch frames = new CountDownLatch(ROUNDS);
      WebSocket all =
          subscribe(
              "?cursor=0",
              new WebSocket.Listener() {
                @Override
                public @Nullable CompletionStage<?> onBinary(
                    WebSocket socket, ByteBuffer data, boolean last) {
                  frames.countDown();
                  socket.request(1);
                  return null;
                }
              });
      boolean _ = frames.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      all.abort();
    }

    /** A repository leaves, and comes back into the empty one. */
    private void move() throws IOException, InterruptedException {
      byte[] car = get(path("sync.getRepo") + "?did=" + did);
      for (List<Value> records = records(); !records.isEmpty(); records = records()) {
        post(
            "com.atproto.repo.applyWrites",
            object("repo", did)
                .with("writes", new Value.Array(records.stream().map(Client::deletion).toList())));
      }
      send(
          request(path("repo.importRepo"))
              .header("Content-Type", "application/vnd.ipld.car")
              .POST(HttpRequest.BodyPublishers.ofByteArray(car)));
    }

    private void write(int round) throws IOException, InterruptedException {
      Value.Obj made =
          post("com.atproto.repo.createRecord", target().with("record", record(round)));
      String uri = made.text("uri").orElseThrow();
      String rkey = uri.substring(uri.lastIndexOf('/') + 1);
      Value.Obj one = target().with("rkey", Value.of(rkey));
      post("com.atproto.repo.putRecord", one.with("record", record(-round)));
      get(path("repo.getRecord") + "?repo=" + did + "&collection=" + POST + "&rkey=" + rkey);
      get(path("sync.getRecord") + "?did=" + did + "&collection=" + POST + "&rkey=" + rkey);
      get(path("repo.listRecords") + "?repo=" + did + "&collection=" + POST);
      get(path("sync.getLatestCommit") + "?did=" + did);
      if (round % 2 == 0) {
        post("com.atproto.repo.deleteRecord", one);
      }
      if (round % 10 == 0) {
        post("com.atproto.repo.applyWrites", batch(round));
        upload(round);
      }
    }

    private List<Value> records() throws IOException, InterruptedException {
      String query = "?limit=100&repo=" + did + "&collection=" + POST;
      Value answer = DataJson.parse(get(path("repo.listRecords") + query));
      return ((Value.Obj) answer).array("records").orElseThrow();
    }

    private static Value deletion(Value record) {
      String uri = ((Value.Obj) record).text("uri").orElseThrow();
      return object(
          "$type",
          "com.atproto.repo.applyWrites#delete",
          "collection",
          POST,
          "rkey",
          uri.substring(uri.lastIndexOf('/') + 1));
    }

    private Value.Obj batch(int round) {
      List<Value> writes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        writes.add(
            object("$type", "com.atproto.repo.applyWrites#create", "collection", POST)
                .with("value", record(round + i)));
      }
      return object("repo", did).with("writes", new Value.Array(writes));
    }

    private Value.Obj target() {
      return object("repo", did, "collection", POST);
    }

    private static Value.Obj record(int number) {
      return object(
          "$type", POST, "text", "number " + number, "createdAt", "2026-01-01T00:00:00.000Z");
    }

    private static Value.Obj object(String... pairs) {
      Value.Builder object = Value.Obj.builder();
      for (int i = 0; i < pairs.length; i += 2) {
        object.put(pairs[i], pairs[i + 1]);
      }
      return object.build();
    }

    private void upload(int round) throws IOException, InterruptedException {
      byte[] bytes = new byte[10_000 + round];
      send(
          request(path("repo.uploadBlob"))
              .header("Content-Type", "application/octet-stream")
              .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)));
    }

    private Value.Obj post(String method, Value.Obj body) throws IOException, InterruptedException {
      byte[] json = DataJson.toJson(body);
      byte[] answer =
          send(
              request("/xrpc/" + method)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(json)));
      return (Value.Obj) DataJson.parse(answer);
    }

    private byte[] get(String path) throws IOException, InterruptedException {
      return send(request(path).GET());
    }

    private static String path(String method) {
      return "/xrpc/com.atproto." + method;
    }

    private HttpRequest.Builder request(String path) {
      HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT);
      return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException(answer.uri().getPath() + " answered " + answer.statusCode());
      }
      byte @Nullable [] body = answer.body();
      return Objects.requireNonNull(body);
    }
  }
}

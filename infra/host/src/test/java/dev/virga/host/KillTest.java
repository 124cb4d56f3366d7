package dev.virga.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.Frame;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the real host in the middle of a load of eight writers, again and again: what it had
 * acknowledged is there, whole, and a subscriber that comes back with its cursor misses nothing.
 * What it leaves behind is verified after every kill, before anybody could have mended it.
 *
 * <p>How often: {@code -Dvirga.kills=50}.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("virga.kills", 3);
  private static final int WRITERS = 8;
  private static final int REPOSITORIES = 2;

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();

  /** CIDs that the host acknowledged, by URI. */
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

  private final List<String> tokens = new ArrayList<>();
  private final List<String> dids = new ArrayList<>();

  /** What the subscriber has seen: the last number, and the last revision of each repository. */
  private long cursor;

  private final Map<String, String> revs = new HashMap<>();
  private int events;

  @Test
  void nothingThatWasAcknowledgedIsLost() throws Exception {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    try (HostProcess host = HostProcess.start(directory)) {
      for (int i = 0; i < REPOSITORIES; i++) {
        signUp(host, "user" + i);
      }
    }
    for (int kill = 0; kill < KILLS; kill++) {
      try (HostProcess host = HostProcess.start(directory)) {
        loadAndKill(host, 10 + random.nextInt(120));
      }
      assertThat(Inspection.of(directory).findings()).as("seed %s, kill %s", seed, kill).isEmpty();
    }
    try (HostProcess host = HostProcess.start(directory)) {
      catchUp(host);
      assertThat(missing(host)).as("seed %s", seed).isEmpty();
      for (String did : dids) {
        assertThat(revs.get(did)).as("seed %s: %s", seed, did).isEqualTo(head(host, did));
      }
    }
    Inspection last = Inspection.of(directory);
    assertThat(last.findings()).as("seed %s, at the end", seed).isEmpty();
    assertThat(last.tally().records()).isGreaterThanOrEqualTo(acknowledged.size());
    System.out.printf(
        "Killed the host %d times: %d acknowledged writes there, %d events without a gap; verified"
            + " after each kill, last %d records, %d tree nodes and %d packs%n",
        KILLS,
        acknowledged.size(),
        events,
        last.tally().records(),
        last.tally().nodes(),
        last.tally().packs());
  }

  private void signUp(HostProcess host, String name) throws Exception {
    Value.Obj made =
        post(
            host,
            "com.atproto.server.createAccount",
            "{\"handle\":\"%s.test\",\"email\":\"%s@example.com\",\"password\":\"correct horse\"}"
                .formatted(name, name),
            null);
    dids.add(made.text("did").orElseThrow());
    tokens.add(made.text("accessJwt").orElseThrow());
  }

  /** Writes from all sides, with a subscriber listening, until the host has answered so often. */
  private void loadAndKill(HostProcess host, int answers) throws Exception {
    Spectator spectator = subscribe(host);
    AtomicInteger left = new AtomicInteger(answers);
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      int number = writer;
      writers.add(Thread.ofVirtual().start(() -> write(host, number, left)));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    take(spectator);
  }

  private void write(HostProcess host, int writer, AtomicInteger left) {
    int repository = writer % REPOSITORIES;
    for (int n = 0; ; n++) {
      try {
        if (n % 5 == 4) {
          applyWrites(host, repository);
        } else {
          note(create(host, repository, "of writer " + writer));
        }
      } catch (IOException | InterruptedException | RuntimeException e) {
        return; // the host is dead
      }
      if (left.decrementAndGet() == 0) {
        host.kill();
      }
    }
  }

  private Value.Obj create(HostProcess host, int repository, String text)
      throws IOException, InterruptedException {
    return post(
        host,
        "com.atproto.repo.createRecord",
        "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"record\":{\"text\":\"%s\"}}"
            .formatted(dids.get(repository), text),
        tokens.get(repository));
  }

  /** Enough at once that it does not fit one transaction. */
  private void applyWrites(HostProcess host, int repository)
      throws IOException, InterruptedException {
    StringBuilder writes = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      writes
          .append(i == 0 ? "" : ",")
          .append("{\"$type\":\"com.atproto.repo.applyWrites#create\",")
          .append("\"collection\":\"com.example.batch\",\"value\":{\"n\":")
          .append(i)
          .append("}}");
    }
    Value.Obj answer =
        post(
            host,
            "com.atproto.repo.applyWrites",
            "{\"repo\":\"%s\",\"writes\":[%s]}".formatted(dids.get(repository), writes),
            tokens.get(repository));
    for (Value result : answer.array("results").orElseThrow()) {
      note((Value.Obj) result);
    }
  }

  private void note(Value.Obj answer) {
    acknowledged.put(answer.text("uri").orElseThrow(), answer.text("cid").orElseThrow());
  }

  private List<String> missing(HostProcess host) throws Exception {
    List<String> missing = new ArrayList<>();
    Map<String, String> present = new HashMap<>();
    for (int i = 0; i < REPOSITORIES; i++) {
      list(host, i, "com.example.note", present);
      list(host, i, "com.example.batch", present);
    }
    acknowledged.forEach(
        (uri, cid) -> {
          if (!cid.equals(present.get(uri))) {
            missing.add(uri);
          }
        });
    return missing;
  }

  private void list(HostProcess host, int repository, String collection, Map<String, String> into)
      throws Exception {
    @Nullable String next = "";
    while (next != null) {
      Value.Obj page =
          get(
              host,
              "com.atproto.repo.listRecords?limit=100&repo=%s&collection=%s%s"
                  .formatted(
                      dids.get(repository), collection, next.isEmpty() ? "" : "&cursor=" + next));
      for (Value record : page.array("records").orElseThrow()) {
        Value.Obj found = (Value.Obj) record;
        into.put(found.text("uri").orElseThrow(), found.text("cid").orElseThrow());
      }
      next = page.text("cursor").orElse(null);
    }
  }

  private String head(HostProcess host, String did) throws Exception {
    return get(host, "com.atproto.sync.getLatestCommit?did=" + did).text("rev").orElseThrow();
  }

  private Spectator subscribe(HostProcess host) {
    Spectator spectator = new Spectator();
    WebSocket _ =
        spectator.open(
            client, host.port(), "/xrpc/com.atproto.sync.subscribeRepos?cursor=" + cursor);
    return spectator;
  }

  /** Looks at all frames of a subscriber whose host is dead. */
  private void take(Spectator spectator) throws Exception {
    String _ = spectator.end();
    for (byte[] frame : spectator.rest()) {
      see(frame);
    }
  }

  /** Reads until every repository's last commit was seen. */
  private void catchUp(HostProcess host) throws Exception {
    Spectator spectator = subscribe(host);
    Map<String, String> heads = new HashMap<>();
    for (String did : dids) {
      heads.put(did, head(host, did));
    }
    while (!heads.entrySet().stream().allMatch(e -> e.getValue().equals(revs.get(e.getKey())))) {
      see(spectator.next());
    }
  }

  private void see(byte[] bytes) {
    Frame frame = Frame.decode(bytes);
    assertThat(frame.type()).as("%s", frame.payload()).isPresent();
    Frame.Event event = frame.event().orElseThrow();
    assertThat(event.seq()).isGreaterThan(cursor);
    cursor = event.seq();
    events++;
    if (event.body() instanceof CommitEvent commit) {
      String did = commit.did().text();
      @Nullable String since = commit.since() == null ? null : commit.since().toString();
      if (revs.containsKey(did)) {
        assertThat(since)
            .as("what commit %s of %s follows", commit.rev(), did)
            .isEqualTo(revs.get(did));
      }
      revs.put(did, commit.rev().toString());
    }
  }

  private Value.Obj post(HostProcess host, String method, String json, @Nullable String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(host, method))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request.build());
  }

  private Value.Obj get(HostProcess host, String method) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(host, method)).build());
  }

  private Value.Obj send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(request.uri() + " answered " + answer.statusCode());
    }
    return (Value.Obj) DataJson.parse(answer.body());
  }

  private static URI uri(HostProcess host, String method) {
    return URI.create("http://localhost:" + host.port() + "/xrpc/" + method);
  }
}

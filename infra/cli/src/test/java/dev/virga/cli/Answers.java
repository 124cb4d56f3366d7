package dev.virga.cli;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.host.Host;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a host on a {@link Furnished} directory answers to whoever asks for all there is.
 */
final class Answers {
  private static final byte[] END = {};
  private static final int UNAVAILABLE = 599;
  private static final String MISSING_BLOBS = "com.atproto.repo.listMissingBlobs";

  private final Map<String, Answer> byQuestion = new LinkedHashMap<>();
  private final List<byte[]> frames = new ArrayList<>();

  /** An answer; one that broke off has the status {@link #UNAVAILABLE}. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Answer(int status, byte[] body) {
    boolean isRefusal() {
      return status >= 400;
    }
  }

  private Answers() {}

  /**
   * Asks for everything.
   *
   * @param frames how many frames of the event stream to wait for
   */
  static Answers of(Furnished furnished, Host host, int frames) throws Exception {
    Answers answers = new Answers();
    Client anyone = Client.of(furnished.http(), host);
    for (Furnished.Owner owner : furnished.owners) {
      answers.askAbout(owner, anyone);
    }
    answers.ask("anyone", anyone, "/xrpc/com.atproto.sync.listRepos");
    Client admin = anyone.asAdmin(furnished.adminPassword());
    answers.ask("admin", admin, "/xrpc/com.atproto.admin.getInviteCodes?sort=recent");
    answers.ask("admin", admin, "/xrpc/com.atproto.admin.getInviteCodes?sort=usage");
    answers.listen(anyone, frames);
    return answers;
  }

  int frames() {
    return frames.size();
  }

  private void askAbout(Furnished.Owner owner, Client anyone) throws Exception {
    String did = owner.did();
    for (String method :
        List.of(
            "sync.getRepo?did=" + did,
            "sync.getRepo?since=2222222222222&did=" + did,
            "sync.getLatestCommit?did=" + did,
            "sync.getRepoStatus?did=" + did,
            "sync.listBlobs?did=" + did,
            "repo.describeRepo?repo=" + did,
            "repo.listRecords?limit=100&collection=app.bsky.feed.like&repo=" + did,
            "repo.listRecords?limit=100&collection=com.example.note&repo=" + did,
            "repo.listRecords?limit=100&reverse=true&collection=com.example.note&repo=" + did,
            "identity.resolveHandle?handle=" + owner.handle())) {
      ask("anyone", anyone, "/xrpc/com.atproto." + method);
    }
    ask("anyone", anyone, "/" + did);
    ask("anyone", anyone, "/" + did + "/log/audit");
    for (String cid : owner.blobs()) {
      ask("anyone", anyone, "/xrpc/com.atproto.sync.getBlob?did=" + did + "&cid=" + cid);
    }
    List<String> paths = owner.paths();
    for (String path : paths.subList(paths.size() - 12, paths.size())) {
      int slash = path.indexOf('/');
      String query =
          "collection=%s&rkey=%s".formatted(path.substring(0, slash), path.substring(slash + 1));
      ask("anyone", anyone, "/xrpc/com.atproto.repo.getRecord?repo=" + did + "&" + query);
      ask("anyone", anyone, "/xrpc/com.atproto.sync.getRecord?did=" + did + "&" + query);
    }
    Client self = anyone.as(owner.token());
    for (String method :
        List.of(
            "com.atproto.server.getSession",
            "com.atproto.server.listAppPasswords",
            "com.atproto.server.getAccountInviteCodes?createAvailable=false",
            MISSING_BLOBS,
            "app.bsky.actor.getPreferences")) {
      ask(owner.handle(), self, "/xrpc/" + method);
    }
  }

  private void ask(String who, Client client, String path) throws InterruptedException {
    Answer answer;
    try {
      HttpResponse<byte[]> got = client.get(path);
      answer = new Answer(got.statusCode(), got.body());
    } catch (IOException e) {
      answer = new Answer(UNAVAILABLE, END);
    }
    byQuestion.put(who + " " + path, answer);
  }

  /** Reads the event stream from its beginning, as far as it goes. */
  private void listen(Client client, int wanted) throws Exception {
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    URI uri =
        URI.create(
            "ws://localhost:%d/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
                .formatted(client.port()));
    WebSocket socket =
        client.http().newWebSocketBuilder().buildAsync(uri, new Listener(received)).join();
    byte @Nullable [] frame = received.poll(10, TimeUnit.SECONDS);
    while (frame != null && frame.length > 0) {
      frames.add(frame);
      // One that is missing is not waited for long.
      frame = frames.size() == wanted ? null : received.poll(500, TimeUnit.MILLISECONDS);
    }
    socket.abort();
  }

  /** Gathers frames; an empty one is the end. */
  private record Listener(BlockingQueue<byte[]> frames, ByteArrayOutputStream partial)
      implements WebSocket.Listener {
    Listener(BlockingQueue<byte[]> frames) {
      this(frames, new ByteArrayOutputStream());
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      partial.writeBytes(bytes);
      if (last) {
        frames.add(partial.toByteArray());
        partial.reset();
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      frames.add(END);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      frames.add(END);
    }
  }

  /**
   * What is answered here, and was never true: neither what was answered before nor a refusal.
   *
   * @param less whether lists may be shorter than before, since something is gone, and that of what
   *     is missing longer
   */
  List<String> wrong(Answers before, boolean less) {
    List<String> wrong = new ArrayList<>();
    byQuestion.forEach(
        (question, now) -> {
          Answer then = java.util.Objects.requireNonNull(before.byQuestion.get(question));
          boolean same = now.status() == then.status() && Arrays.equals(now.body(), then.body());
          boolean fewer = less && !then.isRefusal() && isPart(now.body(), then.body());
          boolean told =
              less && question.endsWith(MISSING_BLOBS) && isPart(then.body(), now.body());
          if (!now.isRefusal() && !same && !fewer && !told) {
            wrong.add(question + " is answered " + shown(now) + " instead of " + shown(then));
          }
        });
    Set<String> known = new HashSet<>();
    before.frames.forEach(frame -> known.add(Arrays.toString(frame)));
    for (byte[] frame : frames) {
      if (!known.contains(Arrays.toString(frame)) && !isError(frame)) {
        wrong.add("a frame of " + frame.length + " bytes that was never sent");
      }
    }
    return wrong;
  }

  /** The questions that are answered otherwise than before, in whatever way. */
  List<String> changed(Answers before) {
    List<String> changed = new ArrayList<>();
    byQuestion.forEach(
        (question, now) -> {
          Answer then = java.util.Objects.requireNonNull(before.byQuestion.get(question));
          if (now.status() != then.status() || !Arrays.equals(now.body(), then.body())) {
            changed.add(question + " is answered " + shown(now) + " instead of " + shown(then));
          }
        });
    if (frames.size() != before.frames.size()) {
      changed.add(frames.size() + " frames instead of " + before.frames.size());
    }
    return changed;
  }

  /** Frames that only tell what is the matter begin with another header: op -1, or #info. */
  private static boolean isError(byte[] frame) {
    String start =
        new String(
            frame, 0, Math.min(20, frame.length), java.nio.charset.StandardCharsets.ISO_8859_1);
    return start.contains("op ") || start.contains("#info");
  }

  private static String shown(Answer answer) {
    String body = new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
    return answer.status() + " " + body.substring(0, Math.min(300, body.length()));
  }

  /** Whether a JSON answer says nothing that another did not say. */
  private static boolean isPart(byte[] now, byte[] then) {
    try {
      Set<String> texts = new HashSet<>();
      texts(DataJson.parse(then), texts);
      Set<String> found = new HashSet<>();
      texts(DataJson.parse(now), found);
      return texts.containsAll(found);
    } catch (DataException e) {
      return false;
    }
  }

  private static void texts(Value value, Set<String> into) {
    switch (value) {
      case Value.Text(String text) -> into.add(text);
      case Value.Array(List<Value> items) -> items.forEach(item -> texts(item, into));
      case Value.Obj object ->
          object
              .entries()
              .forEach(
                  (name, field) -> {
                    if (!name.equals("cursor")) {
                      texts(field, into);
                    }
                  });
      default -> {}
    }
  }
}

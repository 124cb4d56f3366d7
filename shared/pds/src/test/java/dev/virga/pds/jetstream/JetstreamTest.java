package dev.virga.pds.jetstream;

import static dev.virga.pds.jetstream.JetstreamFixture.ALICE;
import static dev.virga.pds.jetstream.JetstreamFixture.BOB;
import static dev.virga.pds.jetstream.JetstreamFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.Frame;
import dev.virga.atproto.sync.InfoMessage;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.jetstream.JetstreamFixture.Doing;
import dev.virga.pds.sync.FrameSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JetstreamTest {
  private static final Tid REV = Tid.parse("3mmoojp7vgo2g");

  private final JetstreamFixture world = new JetstreamFixture();
  private final BlockingQueue<OptionalLong> cursors = new LinkedBlockingQueue<>();
  private final BlockingQueue<FrameSink> sinks = new LinkedBlockingQueue<>();
  private final Jetstream jetstream =
      new Jetstream(
          (cursor, sink) -> {
            cursors.add(cursor);
            sinks.add(sink);
          },
          world.log);

  /** A client that takes all it gets. */
  private static final class Client implements FrameSink {
    final List<String> events = new ArrayList<>();
    final List<byte[]> arrays = new ArrayList<>();
    final List<Runnable> farewells = new ArrayList<>();
    @Nullable String closed;

    @Override
    public boolean offer(List<byte[]> frames) {
      if (closed == null) {
        arrays.addAll(frames);
        frames.forEach(frame -> events.add(JetstreamFixture.text(frame)));
      }
      return closed == null;
    }

    @Override
    public boolean put(List<byte[]> frames) {
      return offer(frames);
    }

    @Override
    public void close(int code, String reason) {
      closed = code + " " + reason;
      farewells.forEach(Runnable::run);
    }

    @Override
    public boolean isOpen() {
      return closed == null;
    }

    @Override
    public void onClose(Runnable callback) {
      farewells.add(callback);
    }
  }

  private Jetstream.Subscriber open(Map<String, List<String>> query) {
    return jetstream.open(query, Optional.empty());
  }

  private FrameSink subscribe(Map<String, List<String>> query, Client client) throws Exception {
    open(query).feed(client);
    return sinks.remove();
  }

  private static byte[] commit(long seq, Doing... doings) {
    return JetstreamFixture.commit(ALICE, REV, doings).frame(seq, START);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String update(String wantedDids) {
    return "{\"type\":\"options_update\",\"payload\":{\"wantedDids\":[" + wantedDids + "]}}";
  }

  @Test
  void framesBecomeEventsThatPassTheFilter() throws Exception {
    Client client = new Client();
    FrameSink firehose =
        subscribe(Map.of("wantedCollections", List.of("com.example.note")), client);
    assertThat(
            firehose.offer(
                commit(
                    7,
                    Doing.create("com.example.note/a", "one"),
                    Doing.create("com.example.x/b", "two"),
                    Doing.delete("com.example.note/c"))))
        .isTrue();
    assertThat(firehose.put(AccountEvent.active(BOB).frame(8, START))).isTrue();
    assertThat(client.events).hasSize(3);
    assertThat(client.events.get(0)).contains("\"time_us\":7", "\"create\"", "one");
    assertThat(client.events.get(1)).contains("\"time_us\":7", "\"delete\"", "\"rkey\":\"c\"");
    assertThat(client.events.get(2)).contains("\"time_us\":8", "\"kind\":\"account\"");
  }

  @Test
  void messagesAboutTheStreamItselfAreNotHandedOn() throws Exception {
    Client client = new Client();
    FrameSink firehose = subscribe(Map.of(), client);
    assertThat(firehose.put(new InfoMessage("OutdatedCursor", "x").frame())).isTrue();
    assertThat(firehose.offer(Frame.error("Oops", "x"))).isTrue();
    firehose.close(1001, "");
    assertThat(client.events).isEmpty();
    assertThat(client.closed).isEqualTo("1001 ");
    assertThat(firehose.offer(new InfoMessage("OutdatedCursor", "x").frame())).isFalse();
  }

  @Test
  void liveEventsAreEncodedOnceForAll() throws Exception {
    Client one = new Client();
    Client other = new Client();
    FrameSink first = subscribe(Map.of(), one);
    FrameSink second = subscribe(Map.of(), other);
    byte[] frame = commit(7, Doing.create("com.example.note/a", "one"));
    first.offer(frame);
    second.offer(frame);
    assertThat(one.arrays.getFirst()).isSameAs(other.arrays.getFirst());
  }

  @Test
  void manyFramesAreForgottenAgain() throws Exception {
    Client client = new Client();
    FrameSink firehose = subscribe(Map.of("wantedDids", List.of(BOB.text())), client);
    for (int i = 1; i <= 3_000; i++) {
      firehose.offer(commit(i, Doing.create("com.example.note/a", "x".repeat(10_000))));
    }
    assertThat(client.events).isEmpty();
  }

  @Test
  void cursorsIncludeTheirOwnEventAndThoseOfTheFutureAreLive() throws Exception {
    long first = world.activate(ALICE);
    long last = world.activate(ALICE);
    for (String cursor : List.of("0", Long.toString(first), Long.toString(last), "" + (last + 1))) {
      open(Map.of("cursor", List.of(cursor))).feed(new Client());
    }
    open(Map.of()).feed(new Client());
    assertThat(cursors)
        .containsExactly(
            OptionalLong.of(0),
            OptionalLong.of(first - 1),
            OptionalLong.of(last - 1),
            OptionalLong.empty(),
            OptionalLong.empty());
  }

  @Test
  void whoAwaitsAHelloGetsNothingBeforeIt() throws Exception {
    Jetstream.Subscriber subscriber = open(Map.of("requireHello", List.of("true")));
    Client client = new Client();
    Thread feeding =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    subscriber.feed(client);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    subscriber.receive(utf8("{\"type\":\"hello\"}"), client);
    assertThat(sinks).isEmpty();
    subscriber.receive(utf8(update("\"did:web:alice.example.com\"")), client);
    FrameSink firehose = sinks.poll(30, TimeUnit.SECONDS);
    feeding.join();
    assertThat(firehose).isNotNull();
    firehose.offer(AccountEvent.active(ALICE).frame(1, START));
    firehose.offer(AccountEvent.active(BOB).frame(2, START));
    assertThat(client.events).hasSize(1);
  }

  @Test
  void anUpdateReplacesTheFilter() throws Exception {
    Jetstream.Subscriber subscriber = open(Map.of("wantedDids", List.of(ALICE.text())));
    Client client = new Client();
    subscriber.feed(client);
    FrameSink firehose = sinks.remove();
    firehose.offer(AccountEvent.active(BOB).frame(1, START));
    subscriber.receive(utf8(update("")), client);
    firehose.offer(AccountEvent.active(BOB).frame(2, START));
    assertThat(client.events).hasSize(1);
  }

  @Test
  void malformedMessagesEndTheSubscription() throws Exception {
    Client client = new Client();
    open(Map.of()).receive(utf8("what?"), client);
    assertThat(client.closed).isEqualTo("1007 InvalidMessage");
    Client other = new Client();
    open(Map.of()).receive(utf8(update("\"nobody\"")), other);
    assertThat(other.closed).isEqualTo("1008 InvalidRequest");
  }

  @Test
  void theAccountsInAllFiltersTogetherAreBoundedAndFreedAgain() throws Exception {
    String many =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "\"did:web:d" + i + "\"")
            .collect(Collectors.joining(","));
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      Client client = new Client();
      Jetstream.Subscriber subscriber = open(Map.of());
      subscriber.feed(client);
      subscriber.receive(utf8(update(many)), client);
      clients.add(client);
    }
    assertThat(clients.subList(0, 20)).allMatch(Client::isOpen);
    assertThat(clients.getLast().closed).isEqualTo("1013 TooManyWantedDids");
    clients.getFirst().close(1000, "bye");
    Client next = new Client();
    Jetstream.Subscriber subscriber = open(Map.of());
    subscriber.feed(next);
    subscriber.receive(utf8(update(many)), next);
    assertThat(next.isOpen()).isTrue();
  }
}

package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.FakeClock;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.OneShotServer;
import dev.virga.pds.identity.VettedFetcher;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class FirehoseHostTest {
  private final Poke poke = new Poke(new byte[32], new FakeClock());
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final VettedFetcher fetcher =
      new VettedFetcher(
              AddressLookup.system(),
              (SSLSocketFactory) SSLSocketFactory.getDefault(),
              VettedFetcher.Policy.PUBLIC_ONLY,
              "virga-test")
          .forOperator();

  private FirehoseHost host(URI origin) {
    return new FirehoseHost(origin, poke, fetcher, background::add);
  }

  private void runAll() {
    for (Runnable task = background.poll(); task != null; task = background.poll()) {
      task.run();
    }
  }

  private OptionalLong told(String request) {
    assertThat(request).startsWith("POST /virga/poke ");
    String body = request.substring(request.indexOf("\n\n") + 2);
    return poke.verify(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void isToldTheLastOfManyNumbers() throws IOException {
    try (OneShotServer server = new OneShotServer(_ -> OneShotServer.ok(""))) {
      FirehoseHost host = host(server.uri("/"));
      host.news(1);
      host.news(3);
      host.news(2);
      runAll();
      assertThat(server.requests())
          .singleElement()
          .extracting(this::told)
          .isEqualTo(OptionalLong.of(3));
      host.news(4);
      runAll();
      assertThat(server.requests()).hasSize(2);
      assertThat(told(server.requests().getLast())).hasValue(4);
    }
  }

  @Test
  void newsDuringAPokeMakeAnother() throws IOException {
    FirehoseHost[] host = new FirehoseHost[1];
    try (OneShotServer server =
        new OneShotServer(
            request -> {
              if (told(request).getAsLong() == 1) {
                host[0].news(2);
              }
              return OneShotServer.ok("");
            })) {
      host[0] = host(server.uri("/"));
      host[0].news(1);
      runAll();
      assertThat(server.requests()).hasSize(2);
      assertThat(told(server.requests().getLast())).hasValue(2);
    }
  }

  @Test
  void oneThatIsNotThereHarmsNobody() {
    FirehoseHost host = host(URI.create("http://localhost:1"));
    host.news(1);
    assertThatCode(this::runAll).doesNotThrowAnyException();
    host.news(2);
    assertThat(background).hasSize(1);
  }

  @Test
  void whoWaitsHearsOfARefusal() throws Exception {
    try (OneShotServer server = new OneShotServer(_ -> OneShotServer.answer(401, ""))) {
      assertThatThrownBy(() -> host(server.uri("/")).tell(1))
          .isInstanceOf(FetchException.class)
          .hasMessage("answered 401");
    }
    try (OneShotServer server = new OneShotServer(_ -> OneShotServer.ok(""))) {
      host(server.uri("/")).tell(5);
      assertThat(told(server.requests().getFirst())).hasValue(5);
    }
  }
}

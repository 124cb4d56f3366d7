package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.FakeClock;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.OneShotServer;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.store.MemoryIndex;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class CrawlRequestsTest {
  private final FakeClock clock = new FakeClock();
  private final VettedFetcher fetcher =
      new VettedFetcher(
          AddressLookup.system(),
          (SSLSocketFactory) SSLSocketFactory.getDefault(),
          VettedFetcher.Policy.LAPTOP,
          "virga-test");

  private final MemoryIndex index = new MemoryIndex();

  private CrawlRequests to(URI... relays) {
    return new CrawlRequests(
        index, List.of(relays), "pds.example.com", fetcher, clock, Runnable::run);
  }

  @Test
  void relaysAreAskedAtMostEveryTwentyMinutes() throws IOException {
    try (OneShotServer relay = new OneShotServer(request -> OneShotServer.ok("{}"))) {
      CrawlRequests requests = to(relay.uri("/"));
      requests.news();
      requests.news();
      clock.advance(Duration.ofMinutes(19));
      requests.news();
      assertThat(relay.requests()).hasSize(1);
      assertThat(relay.requests().getFirst())
          .startsWith("POST /xrpc/com.atproto.sync.requestCrawl ")
          .endsWith("{\"hostname\":\"pds.example.com\"}");
      clock.advance(Duration.ofMinutes(2));
      requests.news();
      assertThat(relay.requests()).hasSize(2);
    }
  }

  @Test
  void oneThatRefusesOrIsNotThereKeepsNobodyFromTheOthers() throws IOException {
    try (OneShotServer refusing = new OneShotServer(request -> OneShotServer.answer(500, "{}"));
        OneShotServer relay = new OneShotServer(request -> OneShotServer.ok("{}"))) {
      to(URI.create("http://localhost:1/"), refusing.uri("/"), relay.uri("/")).news();
      assertThat(refusing.requests()).hasSize(1);
      assertThat(relay.requests()).hasSize(1);
    }
  }

  @Test
  void withoutRelaysNobodyIsAsked() {
    to().news();
  }

  @Test
  void allProcessesTogetherAskAtMostEveryTwentyMinutes() throws IOException {
    try (OneShotServer relay = new OneShotServer(request -> OneShotServer.ok("{}"))) {
      to(relay.uri("/")).news();
      clock.advance(Duration.ofMinutes(19));
      to(relay.uri("/")).news();
      to(relay.uri("/")).news();
      assertThat(relay.requests()).hasSize(1);
      clock.advance(Duration.ofMinutes(2));
      to(relay.uri("/")).news();
      to(relay.uri("/")).news();
      assertThat(relay.requests()).hasSize(2);
    }
  }

  @Test
  void aNewVersionAsksOnceWheneverTheLastTimeWas() throws IOException {
    try (OneShotServer relay = new OneShotServer(request -> OneShotServer.ok("{}"))) {
      to(relay.uri("/")).news();
      to(relay.uri("/")).deployed("7");
      to(relay.uri("/")).deployed("7");
      to(relay.uri("/")).news();
      assertThat(relay.requests()).hasSize(2);
      to(relay.uri("/")).deployed("8");
      assertThat(relay.requests()).hasSize(3);
    }
  }

  @Test
  void anIndexThatDoesNotAnswerStopsNothing() throws IOException {
    try (OneShotServer relay = new OneShotServer(request -> OneShotServer.ok("{}"))) {
      new CrawlRequests(
              new FaultyIndex(index, () -> true),
              List.of(relay.uri("/")),
              "pds.example.com",
              fetcher,
              clock,
              Runnable::run)
          .news();
      assertThat(relay.requests()).isEmpty();
    }
  }
}

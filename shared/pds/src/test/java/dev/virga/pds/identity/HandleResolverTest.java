package dev.virga.pds.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class HandleResolverTest {
  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final Handle HERE = Handle.parse("alice.pds.test");
  private static final Handle ELSEWHERE = Handle.parse("alice.example.org");

  private final Map<String, List<String>> dns = new HashMap<>();
  private final HandleResolver resolver = resolver(name -> dns.getOrDefault(name, List.of()));

  private static HandleResolver resolver(TxtLookup lookup) {
    return new HandleResolver(
        new HandleResolver.LocalHandles() {
          @Override
          public boolean isOurs(Handle handle) {
            return handle.text().endsWith(".pds.test");
          }

          @Override
          public Optional<Did> find(Handle handle) {
            return handle.equals(HERE) ? Optional.of(ALICE) : Optional.empty();
          }
        },
        lookup,
        new VettedFetcher(
            host -> {
              throw new UnknownHostException(host);
            },
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            VettedFetcher.Policy.PUBLIC_ONLY,
            "test"),
        Duration.ofSeconds(5));
  }

  @Test
  void knowsItsOwnAccounts() {
    assertThat(resolver.resolve(HERE)).contains(ALICE);
  }

  @Test
  void asksNobodyElseAboutItsOwnDomains() {
    dns.put("_atproto.bob.pds.test", List.of("did=did:plc:mallory"));

    assertThat(resolver.resolve(Handle.parse("bob.pds.test"))).isEmpty();
  }

  @Test
  void believesATxtRecord() {
    dns.put("_atproto.alice.example.org", List.of("v=spf1 -all", "did=did:plc:alice"));

    assertThat(resolver.resolve(ELSEWHERE)).contains(ALICE);
  }

  @Test
  void contradictoryAndMalformedRecordsAreNone() {
    dns.put("_atproto.alice.example.org", List.of("did=did:plc:alice", "did=did:plc:bob"));
    assertThat(resolver.resolve(ELSEWHERE)).isEmpty();

    dns.put("_atproto.alice.example.org", List.of("did=alice"));
    assertThat(resolver.resolve(ELSEWHERE)).isEmpty();
  }

  @Test
  void nameServersThatFailAreNoAnswer() {
    HandleResolver broken =
        resolver(
            name -> {
              throw new IOException("no name server");
            });

    assertThat(broken.resolve(ELSEWHERE)).isEmpty();
  }
}

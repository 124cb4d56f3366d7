package dev.virga.pds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.SeededRandom;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class HttpPlcDirectoryTest {
  private final PrivateKey key = PrivateKey.generate(Curve.K256, new SeededRandom(7));
  private final PlcOperation genesis =
      PlcOperation.genesis(
          PlcData.ofAccount(
              Handle.parse("a.test"),
              key.publicKey(),
              URI.create("https://pds.test"),
              List.of(key.publicKey())),
          key);
  private final Did did = genesis.did();

  @Test
  void handsInOperations() throws Exception {
    try (OneShotServer server = new OneShotServer(request -> OneShotServer.ok("OK"))) {
      directory(server).submit(did, genesis);

      assertThat(server.requests().getFirst())
          .startsWith("POST /" + did + " HTTP/1.1\n")
          .endsWith("\n\n" + DataJson.toText(genesis.toValue()));
    }
  }

  @Test
  void tellsRefusalsFromSilence() throws Exception {
    assertThat(failure(r -> OneShotServer.answer(400, "{\"message\":\"Late\"}")))
        .hasMessageContaining("Late")
        .satisfies(e -> assertThat(e.isOpen()).isFalse());
    assertThat(failure(r -> OneShotServer.answer(503, "busy")).isOpen()).isTrue();
    assertThat(failure(r -> "garbage\n\n").isOpen()).isTrue();
  }

  private DirectoryException failure(Function<String, String> answers) throws Exception {
    try (OneShotServer server = new OneShotServer(answers)) {
      directory(server).submit(did, genesis);
      throw new AssertionError("not refused");
    } catch (DirectoryException e) {
      return e;
    }
  }

  @Test
  void readsTheLastOperation() throws Exception {
    String json = DataJson.toText(genesis.toValue());
    try (OneShotServer server = new OneShotServer(request -> OneShotServer.ok(json))) {
      assertThat(directory(server).last(did)).contains(genesis);
      assertThat(server.requests().getFirst()).startsWith("GET /" + did + "/log/last ");
    }
  }

  @Test
  void unknownAndRetiredDidsHaveNoDocument() throws Exception {
    for (int status : new int[] {404, 410}) {
      try (OneShotServer server =
          new OneShotServer(request -> OneShotServer.answer(status, "{\"message\":\"x\"}"))) {
        assertThat(directory(server).document(did)).isEmpty();
      }
    }
  }

  @Test
  void refusesAnswersThatAreNotWhatTheyMustBe() throws Exception {
    for (String body : new String[] {"[]", "{", "{\"type\":\"other\"}"}) {
      try (OneShotServer server = new OneShotServer(request -> OneShotServer.ok(body))) {
        assertThatThrownBy(() -> directory(server).last(did))
            .isInstanceOf(DirectoryException.class);
      }
    }
  }

  private static HttpPlcDirectory directory(OneShotServer server) {
    return new HttpPlcDirectory(
        server.uri(""),
        new VettedFetcher(
            AddressLookup.system(),
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            VettedFetcher.Policy.LAPTOP,
            "test"),
        VettedFetcher.Limits.DOCUMENT);
  }
}

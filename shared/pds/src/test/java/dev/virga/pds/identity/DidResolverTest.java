package dev.virga.pds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.store.MemoryIndex;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DidResolverTest {
  private final FakeClock clock = new FakeClock();
  private final MemoryIndex index = new MemoryIndex();
  private final SeededRandom random = new SeededRandom(8);
  private final FakePlcDirectory directory = new FakePlcDirectory();
  private final CountingDirectory counting = new CountingDirectory(directory);
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final PlcIdentities identities =
      new PlcIdentities(
          directory, PrivateKey.generate(Curve.K256, random), null, URI.create("https://pds.test"));
  private final DidResolver resolver =
      new DidResolver(
          index,
          counting,
          new VettedFetcher(
              AddressLookup.system(),
              (SSLSocketFactory) SSLSocketFactory.getDefault(),
              VettedFetcher.Policy.LAPTOP,
              "test"),
          clock,
          background::add,
          DidResolver.Lifetimes.USUAL,
          Duration.ofSeconds(5));
  private Did alice = Did.parse("did:plc:nobody");

  @BeforeEach
  void register() throws Exception {
    PlcIdentities.Prepared prepared =
        identities.prepare(
            Handle.parse("alice.pds.test"),
            PrivateKey.generate(Curve.K256, random).publicKey(),
            null);
    identities.register(prepared);
    alice = prepared.did();
  }

  @Test
  void asksOnceAnHour() throws Exception {
    assertThat(handle()).isEqualTo("alice.pds.test");
    clock.advance(Duration.ofMinutes(59));
    assertThat(handle()).isEqualTo("alice.pds.test");

    assertThat(counting.asked).isEqualTo(1);
    assertThat(background).isEmpty();
  }

  @Test
  void servesAStaleDocumentWhileItFetchesAFreshOne() throws Exception {
    handle();
    identities.changeHandle(alice, Handle.parse("new.pds.test"));
    clock.advance(Duration.ofHours(1));

    assertThat(handle()).isEqualTo("alice.pds.test");
    background.remove().run();

    assertThat(handle()).isEqualTo("new.pds.test");
    assertThat(counting.asked).isEqualTo(2);
  }

  @Test
  void servesAStaleDocumentWhileTheDirectoryIsDownButNotForEver() throws Exception {
    handle();
    counting.down = true;
    clock.advance(Duration.ofHours(23));
    assertThat(handle()).isEqualTo("alice.pds.test");
    background.remove().run();
    assertThat(handle()).isEqualTo("alice.pds.test");

    clock.advance(Duration.ofHours(1));

    assertThatThrownBy(this::handle).isInstanceOf(FetchException.class);
  }

  @Test
  void refreshingSeesChangesAtOnce() throws Exception {
    handle();
    identities.changeHandle(alice, Handle.parse("new.pds.test"));

    assertThat(resolver.refresh(alice).flatMap(DidDocument::handle))
        .contains(Handle.parse("new.pds.test"));
    assertThat(handle()).isEqualTo("new.pds.test");
  }

  @Test
  void aRetiredDidIsForgotten() throws Exception {
    handle();
    identities.retire(alice);

    assertThat(resolver.refresh(alice)).isEmpty();
    assertThat(index.entries()).isEmpty();
  }

  @Test
  void forgottenDocumentsLeaveNoItem() throws Exception {
    handle();

    resolver.forget(alice);

    assertThat(index.entries()).isEmpty();
  }

  @Test
  void otherMethodsAreUnknown() throws Exception {
    assertThat(resolver.resolve(Did.parse("did:example:abc"))).isEmpty();
    assertThat(resolver.resolve(Did.parse("did:web:example.org:path"))).isEmpty();
  }

  @Test
  void fetchesDidWeb() throws Exception {
    String[] body = {""};
    try (OneShotServer server = new OneShotServer(request -> body[0])) {
      Did did = Did.parse("did:web:localhost%3A" + server.uri("").getPort());
      body[0] = OneShotServer.ok("{\"id\":\"" + did + "\"}");
      assertThat(resolver.resolve(did).map(DidDocument::did)).contains(did);
      assertThat(server.requests().getFirst()).startsWith("GET /.well-known/did.json ");

      body[0] = OneShotServer.ok("{\"id\":\"did:web:other.test\"}");
      assertThatThrownBy(() -> resolver.refresh(did)).isInstanceOf(FetchException.class);
      body[0] = OneShotServer.ok("nonsense");
      assertThatThrownBy(() -> resolver.refresh(did)).isInstanceOf(FetchException.class);
      body[0] = OneShotServer.answer(500, "");
      assertThatThrownBy(() -> resolver.refresh(did)).isInstanceOf(FetchException.class);
      body[0] = OneShotServer.answer(404, "");
      assertThat(resolver.refresh(did)).isEmpty();
    }
  }

  @Test
  void findsKeysOrNothing() {
    assertThat(resolver.key(alice, "atproto", false)).isPresent();
    assertThat(resolver.key(alice, "atproto_label", false)).isEmpty();
    counting.down = true;
    assertThat(resolver.key(alice, "atproto", true)).isEmpty();
  }

  private String handle() throws FetchException {
    return resolver.resolve(alice).flatMap(DidDocument::handle).orElseThrow().text();
  }

  private static final class CountingDirectory implements PlcDirectory {
    private final PlcDirectory directory;
    private int asked;
    private boolean down;

    CountingDirectory(PlcDirectory directory) {
      this.directory = directory;
    }

    @Override
    public void submit(Did did, PlcOperation operation) throws DirectoryException {
      directory.submit(did, operation);
    }

    @Override
    public Optional<Value.Obj> document(Did did) throws DirectoryException {
      asked++;
      if (down) {
        throw DirectoryException.unanswered("down", null);
      }
      return directory.document(did);
    }

    @Override
    public Optional<PlcOperation> last(Did did) throws DirectoryException {
      return directory.last(did);
    }
  }
}

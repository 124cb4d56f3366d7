package dev.virga.pds.identity;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds whose a handle is: an account of this server, or what its domain says by a TXT record or
 * over HTTPS.
 *
 * <p>Source: atproto.com/specs/handle, "Handle Resolution".
 */
public final class HandleResolver {
  /** The accounts of this server. */
  public interface LocalHandles {
    /** Whether handles like this one are given out here, so that nobody else can know of them. */
    boolean isOurs(Handle handle);

    /** The account with this handle. */
    Optional<Did> find(Handle handle);
  }

  private static final String TXT_PREFIX = "did=";

  /** A DID and some white space, no more. */
  private static final int MAX_BODY = 4 * 1024;

  private final LocalHandles local;
  private final TxtLookup dns;
  private final VettedFetcher fetcher;
  private final Duration timeout;

  public HandleResolver(
      LocalHandles local, TxtLookup dns, VettedFetcher fetcher, Duration timeout) {
    this.local = local;
    this.dns = dns;
    this.fetcher = fetcher;
    this.timeout = timeout;
  }

  /** The DID of a handle, here or elsewhere; empty if nobody says so. */
  public Optional<Did> resolve(Handle handle) {
    Optional<Did> here = local.find(handle);
    return here.isPresent() || local.isOurs(handle) ? here : resolveElsewhere(handle);
  }

  /** What the handle's own domain says; both ways are asked at once, the DNS goes first. */
  public Optional<Did> resolveElsewhere(Handle handle) {
    FutureTask<Optional<Did>> byDns = new FutureTask<>(() -> byDns(handle));
    FutureTask<Optional<Did>> byHttps = new FutureTask<>(() -> byHttps(handle));
    Thread.ofVirtual().name("handle-dns").start(byDns);
    Thread.ofVirtual().name("handle-https").start(byHttps);
    return await(byDns).or(() -> await(byHttps));
  }

  private Optional<Did> await(FutureTask<Optional<Did>> task) {
    try {
      return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      // Nobody who could tell: as good as no answer.
      return Optional.empty();
    }
  }

  private Optional<Did> byDns(Handle handle) throws IOException {
    List<String> found =
        dns.texts("_atproto." + handle.text()).stream()
            .filter(text -> text.startsWith(TXT_PREFIX))
            .toList();
    // Two answers are none: the specification has no rule for choosing.
    return found.size() == 1
        ? parse(found.getFirst().substring(TXT_PREFIX.length()))
        : Optional.empty();
  }

  private Optional<Did> byHttps(Handle handle) throws IOException {
    URI uri = URI.create("https://" + handle.text() + "/.well-known/atproto-did");
    HttpAnswer answer =
        fetcher.fetch(VettedFetcher.Request.get(uri), new VettedFetcher.Limits(MAX_BODY, timeout));
    return answer.isSuccess()
        ? parse(new String(answer.body(), StandardCharsets.UTF_8).strip())
        : Optional.empty();
  }

  private static Optional<Did> parse(String text) {
    try {
      return Optional.of(Did.parse(text));
    } catch (SyntaxException e) {
      return Optional.empty();
    }
  }
}

package dev.virga.functions.lambda;

import dev.virga.functions.http.Compression;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.lambda.event.HttpAnswer;
import dev.virga.functions.xrpc.ErrorAnswers;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Turns responses into what Lambda can hand on: 6 MB at most, so that a client is sent to the store
 * for what is larger.
 *
 * <p>A blob is fetched from where it is stored, without a copy; anything else too large is put
 * under {@code tmp/}, where it stays for some days. The URL is good for {@link #VALIDITY}. What S3
 * serves is of another origin and an attachment, so no browser runs it in our name.
 */
final class Answers {
  /** Where answers lie that were too large. */
  static final String PREFIX = "tmp/answers/";

  /** Long enough to begin to read; the role's own credentials do not live much longer. */
  static final Duration VALIDITY = Duration.ofMinutes(15);

  private static final String DISPOSITION = "Content-Disposition";
  private static final String ATTACHMENT = "attachment";
  private static final String OCTETS = "application/octet-stream";
  private static final int NAME_BYTES = 16;

  private final Objects objects;
  private final RandomGenerator random;

  /**
   * @param random makes names that nobody can guess
   */
  Answers(Objects objects, RandomGenerator random) {
    this.objects = objects;
    this.random = random;
  }

  /** The event's answer; whatever goes wrong is an answer as well. */
  byte[] encode(HttpRequest request, HttpResponse response) {
    HttpResponse fallback;
    try {
      HttpResponse gathered = gathered(request, response);
      Optional<byte[]> encoded = answer(Compression.apply(request, gathered)).encode();
      if (encoded.isPresent()) {
        return encoded.get();
      }
      fallback = stored(request, gathered);
    } catch (IOException | RuntimeException e) {
      fallback = failed(request, e);
    }
    return answer(fallback).encode().orElseThrow();
  }

  private static HttpResponse failed(HttpRequest request, Exception e) {
    // an IOException is a broken body to the mapper, but what broke here is our answer
    Throwable ours = e instanceof IOException ? new StoreException("the answer broke off", e) : e;
    return ErrorAnswers.of(ours, request.method() + " " + request.path())
        .withHeader("Access-Control-Allow-Origin", "*");
  }

  private static HttpAnswer answer(HttpResponse response) {
    return new HttpAnswer(
        response.status(),
        response.contentType(),
        response.headers(),
        ((HttpResponse.Body.Bytes) response.body()).content());
  }

  /** A response whose body is bytes. */
  private HttpResponse gathered(HttpRequest request, HttpResponse response) throws IOException {
    if (request.method().equals("HEAD")) {
      return withBody(response, new byte[0]);
    }
    if (!(response.body() instanceof HttpResponse.Body.Stream stream)) {
      return response;
    }
    if (stream.object() != null && stream.length() > HttpAnswer.MAX_BINARY) {
      return redirect(request, response, stream.object());
    }
    String name = newName();
    Spill spill = new Spill(objects, name, HttpAnswer.MAX_BINARY);
    try {
      stream.writer().writeTo(spill);
    } catch (IOException | RuntimeException e) {
      spill.abandon();
      throw e;
    }
    spill.finish();
    return spill.isObject() ? redirect(request, response, name) : withBody(response, spill.bytes());
  }

  private HttpResponse stored(HttpRequest request, HttpResponse response) throws IOException {
    String name = newName();
    byte[] content = ((HttpResponse.Body.Bytes) response.body()).content();
    objects.putStream(name, new ByteArrayInputStream(content), Objects.Metadata.NONE);
    return redirect(request, response, name);
  }

  private HttpResponse redirect(HttpRequest request, HttpResponse response, String object) {
    String type = response.contentType() == null ? OCTETS : response.contentType();
    String disposition = response.headers().getOrDefault(DISPOSITION, ATTACHMENT);
    URI url =
        objects
            .publicUrl(object, VALIDITY, type, disposition)
            .orElseThrow(() -> new StoreException("the store has no URL of " + object));
    boolean reading = request.method().equals("GET");
    return HttpResponse.empty()
        .withStatus(reading ? 307 : 303)
        .withHeaders(response.headers())
        .withHeaders(Map.of("Location", url.toString(), "Cache-Control", "no-store"));
  }

  private String newName() {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    return PREFIX + HexFormat.of().formatHex(name);
  }

  private static HttpResponse withBody(HttpResponse response, byte[] content) {
    return new HttpResponse(
        response.status(),
        response.contentType(),
        response.headers(),
        new HttpResponse.Body.Bytes(content));
  }
}

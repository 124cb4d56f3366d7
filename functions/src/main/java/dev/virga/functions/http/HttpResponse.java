package dev.virga.functions.http;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An answer: JSON, bytes or a stream, which an adapter sends in its own way.
 *
 * @param headers by name as to be sent; {@code Content-Length} is the adapter's business
 */
public record HttpResponse(
    int status, @Nullable String contentType, Map<String, String> headers, Body body) {
  private static final JsonFactory JSON = new JsonFactory();

  public HttpResponse {
    headers = Map.copyOf(headers);
  }

  /** What follows the headers. */
  public sealed interface Body {
    /** All of it in memory; the array is shared, never written to. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bytes(byte[] content) implements Body {}

    /**
     * Written as it is made. A failure after the first byte breaks the connection off, so that
     * nobody takes a part for the whole.
     *
     * @param length in bytes, -1 where unknown
     * @param object the name of the stored object that this is, byte for byte, so that an adapter
     *     may send the client there; null where it is none
     */
    record Stream(long length, Writer writer, @Nullable String object) implements Body {}
  }

  /** Writes a body. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /** 200 without a body. */
  public static HttpResponse empty() {
    return new HttpResponse(200, null, Map.of(), new Body.Bytes(new byte[0]));
  }

  /** 200 with a value as JSON. */
  public static HttpResponse json(Value value) {
    return bytes("application/json; charset=utf-8", DataJson.toJson(value));
  }

  /** 200 with JSON that is written without a tree: the consumer writes one value. */
  public static HttpResponse json(Consumer<JsonGenerator> writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      writer.accept(generator);
    }
    return bytes("application/json; charset=utf-8", out.toByteArray());
  }

  public static HttpResponse text(int status, String text) {
    return bytes("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8))
        .withStatus(status);
  }

  public static HttpResponse bytes(String contentType, byte[] content) {
    return new HttpResponse(200, contentType, Map.of(), new Body.Bytes(content));
  }

  /** A stream of a known length, or of an unknown one for -1. */
  public static HttpResponse stream(String contentType, long length, Writer writer) {
    return new HttpResponse(200, contentType, Map.of(), new Body.Stream(length, writer, null));
  }

  /** A stored object as it is, which must not change any more. */
  public static HttpResponse stored(String contentType, long length, String object, Writer writer) {
    return new HttpResponse(200, contentType, Map.of(), new Body.Stream(length, writer, object));
  }

  public HttpResponse withStatus(int newStatus) {
    return new HttpResponse(newStatus, contentType, headers, body);
  }

  /** The same with more headers, which replace those of the same name. */
  public HttpResponse withHeaders(Map<String, String> added) {
    if (added.isEmpty()) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.putAll(added);
    return new HttpResponse(status, contentType, more, body);
  }

  public HttpResponse withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpResponse(status, contentType, more, body);
  }
}

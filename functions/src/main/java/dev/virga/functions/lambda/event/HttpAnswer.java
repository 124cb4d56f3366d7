package dev.virga.functions.lambda.event;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * An answer as an HTTP API takes it from a function: text as it is, everything else in base64.
 *
 * <p>Source: API Gateway, payload format version 2.0.
 *
 * @param headers by name, {@code Set-Cookie} among them
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpAnswer(
    int status, @Nullable String contentType, Map<String, String> headers, byte[] body) {
  /** The most bytes of a whole answer that Lambda hands on: 6 MB, less a little. */
  public static final int MAX_BYTES = 6_000_000;

  /** The most bytes of a body that certainly fits when it is not text. */
  public static final int MAX_BINARY = 4_400_000;

  /** The JSON that API Gateway reads; empty if it would be larger than Lambda hands on. */
  public Optional<byte[]> encode() {
    if (body.length > MAX_BYTES) {
      return Optional.empty();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(512 + body.length * 3 / 2);
    try (JsonGenerator json = EventJson.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeNumberProperty("statusCode", status);
      writeHeaders(json);
      writeBody(json);
      json.writeEndObject();
    }
    return out.size() <= MAX_BYTES ? Optional.of(out.toByteArray()) : Optional.empty();
  }

  private void writeHeaders(JsonGenerator json) {
    json.writeObjectPropertyStart("headers");
    if (contentType != null) {
      json.writeStringProperty("Content-Type", contentType);
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (!isCookie(header.getKey())) {
        json.writeStringProperty(header.getKey(), header.getValue());
      }
    }
    json.writeEndObject();
    if (headers.keySet().stream().anyMatch(HttpAnswer::isCookie)) {
      json.writeArrayPropertyStart("cookies");
      for (Map.Entry<String, String> header : headers.entrySet()) {
        if (isCookie(header.getKey())) {
          json.writeString(header.getValue());
        }
      }
      json.writeEndArray();
    }
  }

  private static boolean isCookie(String header) {
    return header.equalsIgnoreCase("Set-Cookie");
  }

  private void writeBody(JsonGenerator json) {
    Optional<String> text = body.length > 0 && isText() ? text() : Optional.empty();
    json.writeBooleanProperty("isBase64Encoded", text.isEmpty() && body.length > 0);
    json.writeStringProperty(
        "body", text.orElseGet(() -> Base64.getEncoder().encodeToString(body)));
  }

  private boolean isText() {
    String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
    return (type.startsWith("text/") || type.startsWith("application/json"))
        && headers.keySet().stream().noneMatch("Content-Encoding"::equalsIgnoreCase);
  }

  /** Empty for what only says that it is text. */
  private Optional<String> text() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}

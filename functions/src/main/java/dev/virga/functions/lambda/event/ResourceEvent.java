package dev.virga.functions.lambda.event;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/**
 * What CloudFormation wants of a custom resource, and where it waits for the answer: at a URL that
 * works without credentials, so it belongs in no log.
 *
 * <p>Source: CloudFormation, "Custom resource request and response objects".
 */
public record ResourceEvent(
    Kind kind,
    URI responseUrl,
    String stackId,
    String requestId,
    String logicalId,
    String physicalId) {
  /** What is to be done. */
  public enum Kind {
    CREATE,
    UPDATE,
    DELETE
  }

  /**
   * Reads an event.
   *
   * @throws IllegalArgumentException if it is none of a custom resource
   */
  public static ResourceEvent read(InputStream in) {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = EventJson.FACTORY.createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      EventJson.object(parser, (name, value) -> texts.put(name, EventJson.textOrEmpty(value)));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the event is not JSON", e);
    }
    Kind kind =
        switch (texts.getOrDefault("RequestType", "")) {
          case "Create" -> Kind.CREATE;
          case "Update" -> Kind.UPDATE;
          case "Delete" -> Kind.DELETE;
          default -> throw new IllegalArgumentException("the event is no request for a resource");
        };
    return new ResourceEvent(
        kind,
        URI.create(texts.getOrDefault("ResponseURL", "")),
        texts.getOrDefault("StackId", ""),
        texts.getOrDefault("RequestId", ""),
        texts.getOrDefault("LogicalResourceId", ""),
        texts.getOrDefault("PhysicalResourceId", ""));
  }

  @Override
  public String toString() {
    return "%s of %s in %s".formatted(kind, logicalId, stackId);
  }

  /**
   * The answer that all is well, with the name of the resource, which says nothing of its value.
   */
  public byte[] success(String name) {
    return answer("SUCCESS", name, "");
  }

  /** The answer that it went wrong. */
  public byte[] failure(String name, String reason) {
    return answer("FAILED", physicalId.isEmpty() ? name : physicalId, reason);
  }

  private byte[] answer(String status, String name, String reason) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = EventJson.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("Status", status);
      json.writeStringProperty("Reason", reason);
      json.writeStringProperty("PhysicalResourceId", name);
      json.writeStringProperty("StackId", stackId);
      json.writeStringProperty("RequestId", requestId);
      json.writeStringProperty("LogicalResourceId", logicalId);
      json.writeBooleanProperty("NoEcho", true);
      json.writeEndObject();
    }
    return out.toByteArray();
  }
}

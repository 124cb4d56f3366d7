package dev.virga.aws.secrets;

import dev.virga.aws.Connection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The calls to SSM that {@link SsmParameters} needs. Source: AWS Systems Manager API Reference;
 * protocol AWS JSON 1.1, signature version 4.
 */
final class SsmCalls {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int PAGE = 10;
  private static final int MAX_ANSWER = 1 << 20;

  /** Fewer characters of a secret than these tell nobody anything. */
  private static final int PIECE = 8;

  private final Connection connection;
  private final URI endpoint;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  SsmCalls(Connection connection) {
    this.connection = connection;
    URI given = connection.endpoint();
    this.endpoint = given != null ? given : endpoint(connection.region());
  }

  /** Where AWS itself answers. */
  static URI endpoint(Region region) {
    return URI.create(
        "https://ssm.%s.%s/".formatted(region.id(), PartitionMetadata.of(region).dnsSuffix()));
  }

  /** Parameters by their whole names, and what to ask for next; null at the end. */
  record Page(Map<String, String> values, @Nullable String next) {}

  Page getParametersByPath(String path, @Nullable String token) {
    byte[] answer =
        call(
            "GetParametersByPath",
            json -> {
              json.writeStringProperty("Path", path);
              json.writeBooleanProperty("WithDecryption", true);
              json.writeNumberProperty("MaxResults", PAGE);
              if (token != null) {
                json.writeStringProperty("NextToken", token);
              }
            });
    try {
      return page(answer);
    } catch (JacksonException notJson) {
      // what it quotes may be a value
      throw SdkClientException.create("the answer to GetParametersByPath is not whole");
    }
  }

  private static Page page(byte[] answer) {
    Map<String, String> values = new LinkedHashMap<>();
    @Nullable String next = null;
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), answer)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (name.equals("NextToken") && value == JsonToken.VALUE_STRING) {
          next = in.getString();
        } else if (name.equals("Parameters") && value == JsonToken.START_ARRAY) {
          while (in.nextToken() == JsonToken.START_OBJECT) {
            Map<String, String> parameter = texts(in);
            values.put(parameter.getOrDefault("Name", ""), parameter.getOrDefault("Value", ""));
          }
        } else {
          in.skipChildren();
        }
      }
    }
    return new Page(values, next);
  }

  void putSecureString(String name, String value) {
    call(
        "PutParameter",
        json -> {
          json.writeStringProperty("Name", name);
          json.writeStringProperty("Value", value);
          json.writeStringProperty("Type", "SecureString");
          json.writeBooleanProperty("Overwrite", false);
        },
        value);
  }

  private byte[] call(String operation, Consumer<JsonGenerator> input) {
    return call(operation, input, "");
  }

  /**
   * Makes a call.
   *
   * @param secret what was sent and must not come back in a message
   */
  private byte[] call(String operation, Consumer<JsonGenerator> input, String secret) {
    byte[] body = object(input);
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint)
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("Content-Length", Integer.toString(body.length))
            .putHeader("X-Amz-Target", "AmazonSSM." + operation)
            .build();
    ContentStreamProvider content = () -> new ByteArrayInputStream(body);
    SignedRequest signed =
        signer.sign(
            sign ->
                sign.identity(connection.credentials().resolveCredentials())
                    .request(request)
                    .payload(content)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "ssm")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, connection.region().id()));
    try {
      HttpExecuteResponse response =
          connection
              .http()
              .prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(signed.payload().orElse(content))
                      .build())
              .call();
      byte[] answer = read(response.responseBody().map(stream -> (InputStream) stream));
      if (!response.httpResponse().isSuccessful()) {
        throw refusal(operation, response.httpResponse().statusCode(), answer, secret);
      }
      return answer;
    } catch (IOException e) {
      throw SdkClientException.create("no answer to " + operation, e);
    }
  }

  private static byte[] read(Optional<InputStream> body) throws IOException {
    if (body.isEmpty()) {
      return new byte[0];
    }
    try (InputStream in = body.get()) {
      return in.readNBytes(MAX_ANSWER);
    }
  }

  private static byte[] object(Consumer<JsonGenerator> properties) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      properties.accept(json);
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static AwsServiceException refusal(
      String operation, int status, byte[] answer, String secret) {
    Map<String, String> details = Map.of();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), answer)) {
      in.nextToken();
      details = texts(in);
    } catch (RuntimeException notJson) {
      details = Map.of(); // a proxy's page: the status has to do
    }
    String type = details.getOrDefault("__type", "");
    String code = type.substring(type.indexOf('#') + 1);
    String said = details.getOrDefault("message", details.getOrDefault("Message", ""));
    String message = shows(said, secret) ? "(it quotes the value)" : said;
    return AwsServiceException.builder()
        .statusCode(status)
        .message("%s was refused with %d %s: %s".formatted(operation, status, code, message))
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .serviceName("Ssm")
                .errorCode(code)
                .errorMessage(message)
                .build())
        .build();
  }

  /** Whether a text has a piece of a secret: a refusal may quote what it refuses, or a part. */
  private static boolean shows(String text, String secret) {
    int length = Math.min(PIECE, secret.length());
    return length > 0
        && IntStream.rangeClosed(0, secret.length() - length)
            .anyMatch(from -> text.contains(secret.substring(from, from + length)));
  }

  /** The texts of the object at whose beginning the parser is. */
  private static Map<String, String> texts(JsonParser in) {
    Map<String, String> texts = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      if (in.nextToken() == JsonToken.VALUE_STRING) {
        texts.put(name, in.getString());
      } else {
        in.skipChildren();
      }
    }
    return texts;
  }
}

package dev.virga.aws;

import dev.virga.pds.config.ConfigException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;

/**
 * What the variables of a process say about AWS, and the one pool of connections that comes of it:
 * the way to every service for a Lambda function and for a host on cloud backends.
 *
 * <p>The variables are the SDK's own: {@code AWS_REGION}, the access key, {@code AWS_ENDPOINT_URL}
 * and one for each service, such as {@code AWS_ENDPOINT_URL_DYNAMODB_STREAMS}. Without an access
 * key among them the SDK's chain looks for credentials where the process runs. Close it after all
 * clients that were made from it.
 */
public final class AwsEnvironment implements AutoCloseable {
  private final Map<String, String> variables;
  private final Connection connection;

  private AwsEnvironment(Map<String, String> variables, Connection connection) {
    this.variables = Map.copyOf(variables);
    this.connection = connection;
  }

  /**
   * Reads the variables; makes no connection yet.
   *
   * @param observers see every call, for counting and tracing
   * @throws ConfigException if a variable that is always needed is missing or invalid
   */
  public static AwsEnvironment of(
      Map<String, String> variables, List<ExecutionInterceptor> observers) {
    String region =
        value(variables, "AWS_REGION")
            .or(() -> value(variables, "AWS_DEFAULT_REGION"))
            .orElseThrow(() -> new ConfigException("AWS_REGION", "is missing"));
    return new AwsEnvironment(
        variables, new Connection(Region.of(region), credentials(variables), null, observers));
  }

  private static AwsCredentialsProvider credentials(Map<String, String> variables) {
    Optional<String> key = value(variables, "AWS_ACCESS_KEY_ID");
    Optional<String> secret = value(variables, "AWS_SECRET_ACCESS_KEY");
    if (key.isPresent() != secret.isPresent()) {
      throw new ConfigException(
          key.isPresent() ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
          "is needed as well, or neither of the two");
    }
    if (key.isEmpty() || secret.isEmpty()) {
      return DefaultCredentialsProvider.builder().build();
    }
    AwsCredentials given =
        value(variables, "AWS_SESSION_TOKEN")
            .<AwsCredentials>map(
                token -> AwsSessionCredentials.create(key.get(), secret.get(), token))
            .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret.get()));
    return StaticCredentialsProvider.create(given);
  }

  /**
   * The way to one service.
   *
   * @param service as in the names of the variables for endpoints: {@code S3}, {@code DYNAMODB},
   *     {@code DYNAMODB_STREAMS}, {@code SSM}
   * @throws ConfigException if the endpoint is no URL
   */
  public Connection connection(String service) {
    return connection.at(endpoint(service));
  }

  private @Nullable URI endpoint(String service) {
    if (flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
      return null;
    }
    String name = "AWS_ENDPOINT_URL_" + service;
    return value(name)
        .map(url -> url(name, url))
        .or(() -> value("AWS_ENDPOINT_URL").map(url -> url("AWS_ENDPOINT_URL", url)))
        .orElse(null);
  }

  private static URI url(String name, String text) {
    try {
      URI url = URI.create(text);
      if (url.getHost() != null && url.getScheme().matches("https?")) {
        return url;
      }
    } catch (IllegalArgumentException malformed) {
      throw new ConfigException(name, "is '" + text + "', no URL: " + malformed.getMessage());
    }
    throw new ConfigException(name, "is '" + text + "', not an http or https URL");
  }

  /** The value of a variable; blank is as absent. */
  public Optional<String> value(String name) {
    return value(variables, name);
  }

  private static Optional<String> value(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /**
   * The value of a variable without which nothing works.
   *
   * @throws ConfigException if it is missing
   */
  public String require(String name) {
    return value(name).orElseThrow(() -> new ConfigException(name, "is missing"));
  }

  /**
   * Whether a variable says true; absent says false.
   *
   * @throws ConfigException if it says neither
   */
  public boolean flag(String name) {
    String text = value(name).orElse("false");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new ConfigException(name, "is '" + text + "', not true or false");
    };
  }

  @Override
  public void close() {
    connection.close();
  }
}

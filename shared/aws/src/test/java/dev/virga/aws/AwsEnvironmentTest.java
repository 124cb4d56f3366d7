package dev.virga.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.config.ConfigException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.Region;

class AwsEnvironmentTest {
  private static AwsEnvironment environment(String... more) {
    Map<String, String> variables = new HashMap<>(Map.of("AWS_REGION", "eu-central-1"));
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return AwsEnvironment.of(variables, List.of());
  }

  @Test
  void goesToAwsItselfWithoutAnEndpoint() {
    try (AwsEnvironment environment = environment()) {
      Connection connection = environment.connection("S3");
      assertThat(connection.endpoint()).isNull();
      assertThat(connection.region()).isEqualTo(Region.EU_CENTRAL_1);
      assertThat(connection.credentials()).isInstanceOf(DefaultCredentialsProvider.class);
    }
  }

  @Test
  void takesTheSecondNameOfTheRegion() {
    Map<String, String> variables = Map.of("AWS_REGION", " ", "AWS_DEFAULT_REGION", "us-west-2");
    try (AwsEnvironment environment = AwsEnvironment.of(variables, List.of())) {
      assertThat(environment.connection("S3").region()).isEqualTo(Region.US_WEST_2);
    }
  }

  @Test
  void prefersAServicesOwnEndpoint() {
    try (AwsEnvironment environment =
        environment(
            "AWS_ENDPOINT_URL", "http://localhost:4566",
            "AWS_ENDPOINT_URL_S3", "http://localhost:9000")) {
      assertThat(environment.connection("S3").endpoint())
          .isEqualTo(URI.create("http://localhost:9000"));
      assertThat(environment.connection("DYNAMODB").endpoint())
          .isEqualTo(URI.create("http://localhost:4566"));
    }
  }

  @Test
  void ignoresEndpointsIfToldTo() {
    try (AwsEnvironment environment =
        environment(
            "AWS_ENDPOINT_URL", "http://localhost:4566",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")) {
      assertThat(environment.connection("S3").endpoint()).isNull();
    }
  }

  @Test
  void usesTheAccessKeyGiven() {
    try (AwsEnvironment environment =
        environment("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret")) {
      AwsCredentials credentials = credentials(environment);
      assertThat(credentials.accessKeyId()).isEqualTo("key");
      assertThat(credentials.secretAccessKey()).isEqualTo("secret");
    }
  }

  @Test
  void usesTheSessionTokenGiven() {
    try (AwsEnvironment environment =
        environment(
            "AWS_ACCESS_KEY_ID", "key",
            "AWS_SECRET_ACCESS_KEY", "secret",
            "AWS_SESSION_TOKEN", "token")) {
      assertThat(credentials(environment))
          .isEqualTo(AwsSessionCredentials.create("key", "secret", "token"));
    }
  }

  private static AwsCredentials credentials(AwsEnvironment environment) {
    return environment.connection("S3").credentials().resolveCredentials();
  }

  @Test
  void namesTheVariableThatIsMissingOrWrong() {
    assertThatThrownBy(() -> AwsEnvironment.of(Map.of(), List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("AWS_REGION is missing");
    assertThatThrownBy(() -> environment("AWS_ACCESS_KEY_ID", "key"))
        .hasMessageStartingWith("AWS_SECRET_ACCESS_KEY is needed");
    assertThatThrownBy(() -> environment("AWS_SECRET_ACCESS_KEY", "secret"))
        .hasMessageStartingWith("AWS_ACCESS_KEY_ID is needed")
        .hasMessageNotContaining("secret");
    try (AwsEnvironment environment =
        environment(
            "AWS_ENDPOINT_URL", "localhost:4566",
            "AWS_ENDPOINT_URL_S3", "http://not a host",
            "AWS_ENDPOINT_URL_SSM", "/path",
            "VIRGA_S3_PATH_STYLE", "maybe")) {
      assertThatThrownBy(() -> environment.connection("DYNAMODB"))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("AWS_ENDPOINT_URL is 'localhost:4566'");
      assertThatThrownBy(() -> environment.connection("S3"))
          .hasMessageStartingWith("AWS_ENDPOINT_URL_S3 is");
      assertThatThrownBy(() -> environment.connection("SSM"))
          .hasMessageStartingWith("AWS_ENDPOINT_URL_SSM is '/path'");
      assertThatThrownBy(() -> environment.flag("VIRGA_S3_PATH_STYLE"))
          .hasMessage("VIRGA_S3_PATH_STYLE is 'maybe', not true or false");
      assertThatThrownBy(() -> environment.require("VIRGA_TABLE"))
          .hasMessage("VIRGA_TABLE is missing");
    }
  }
}

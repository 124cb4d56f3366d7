package dev.virga.aws.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.virga.aws.Connection;
import dev.virga.aws.Retries;
import dev.virga.aws.SignatureV4;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.ParameterType;

@Timeout(60)
class SsmParametersTest {
  private static final String PATH = "/virga/sample";
  private static final String SECRET = "kTq3-not-to-be-seen-9Zr8";
  private static final AwsCredentials CREDENTIALS =
      AwsSessionCredentials.create("AKIDEXAMPLE", "the key's secret", "a token");

  private SsmServer ssm;
  private Connection connection;
  private SsmParameters parameters;

  @BeforeEach
  void start() throws IOException {
    ssm = new SsmServer();
    connection =
        new Connection(
            Region.EU_WEST_1, StaticCredentialsProvider.create(CREDENTIALS), ssm.url(), List.of());
    parameters =
        new SsmParameters(connection, new Retries(new Random(1), pause -> {}, System::nanoTime));
  }

  @AfterEach
  void stop() {
    connection.close();
    ssm.close();
  }

  private static String page(String next, String... names) {
    StringBuilder page = new StringBuilder("{\"Parameters\":[");
    for (String name : names) {
      page.append(page.charAt(page.length() - 1) == '[' ? "" : ",")
          .append(
              """
              {"ARN":"arn:x","DataType":"text","LastModifiedDate":1.7E9,"Name":"%s",\
              "Type":"SecureString","Value":"value of %s","Version":1}\
              """
                  .formatted(name, name));
    }
    return page.append("]").append(next.isEmpty() ? "" : ",\"NextToken\":\"" + next + "\"") + "}";
  }

  private static String refusal(String code, String message) {
    return "{\"__type\":\"com.amazonaws.ssm#%s\",\"message\":\"%s\"}".formatted(code, message);
  }

  @Test
  void everyPageIsReadAndNamesAreTheirLastParts() {
    ssm.then(200, page("more", PATH + "/PDS_A", PATH + "/PDS_B")).then(200, page("", PATH + "/C"));

    assertThat(parameters.read(PATH + "/"))
        .containsExactly(
            Map.entry("PDS_A", "value of " + PATH + "/PDS_A"),
            Map.entry("PDS_B", "value of " + PATH + "/PDS_B"),
            Map.entry("C", "value of " + PATH + "/C"));
    assertThat(ssm.calls).hasSize(2);
    assertThat(ssm.calls.getFirst().input().text("Path")).contains(PATH);
    assertThat(ssm.calls.getLast().input().text("NextToken")).contains("more");
  }

  @Test
  void aPathWithNothingBelowItIsEmpty() {
    assertThat(parameters.read(PATH)).isEmpty();
  }

  @Test
  void pagesWithoutEndAreAnErrorAndNotAPart() {
    for (int i = 0; i < 20; i++) {
      ssm.then(200, page("more", PATH + "/N" + i));
    }
    assertThatThrownBy(() -> parameters.read(PATH))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(PATH);
    assertThat(ssm.calls).hasSize(10);
  }

  @Test
  void everyCallIsSignedAsAwsWants() {
    parameters.read(PATH);
    parameters.putIfAbsent(PATH, "NAME", SECRET + "äöü");

    assertThat(ssm.calls)
        .hasSize(2)
        .allSatisfy(
            call -> {
              SignatureV4.verify(
                  call.request(),
                  CREDENTIALS.accessKeyId(),
                  CREDENTIALS.secretAccessKey(),
                  "eu-west-1/ssm");
              assertThat(call.request().headers()).containsEntry("X-amz-security-token", "a token");
              assertThat(call.request().headers().get("Authorization"))
                  .contains("x-amz-security-token", "x-amz-target");
            });
  }

  /** What is sent by hand is what the SDK's own client of SSM sends. */
  @Test
  void theCallsAreThoseOfTheClient() {
    String found = page("more", PATH + "/A");
    ssm.then(200, found).then(200, page("")).then(200, "{\"Version\":1}");
    Map<String, String> read = parameters.read(PATH);
    parameters.putIfAbsent(PATH, "NAME", SECRET);

    ssm.then(200, found).then(200, page("")).then(200, "{\"Version\":1}");
    try (SsmClient client =
        connection.prepare(SsmClient.builder(), Duration.ofSeconds(10)).build()) {
      GetParametersByPathResponse page =
          client.getParametersByPath(r -> r.path(PATH).withDecryption(true).maxResults(10));
      client.getParametersByPath(
          r -> r.path(PATH).withDecryption(true).maxResults(10).nextToken(page.nextToken()));
      client.putParameter(
          r ->
              r.name(PATH + "/NAME")
                  .value(SECRET)
                  .type(ParameterType.SECURE_STRING)
                  .overwrite(false));
      assertThat(read).containsExactly(Map.entry("A", page.parameters().getFirst().value()));
    }

    assertThat(ssm.calls).hasSize(6);
    for (int i = 0; i < 3; i++) {
      SsmServer.Call ours = ssm.calls.get(i);
      SsmServer.Call theirs = ssm.calls.get(i + 3);
      assertThat(ours.target()).isEqualTo(theirs.target());
      assertThat(ours.type()).isEqualTo(theirs.type());
      assertThat(ours.input()).isEqualTo(theirs.input());
      assertThat(ours.request().method()).isEqualTo(theirs.request().method());
      assertThat(ours.request().path()).isEqualTo(theirs.request().path());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eu-west-1,https://ssm.eu-west-1.amazonaws.com/",
    "cn-north-1,https://ssm.cn-north-1.amazonaws.com.cn/"
  })
  void awsItselfIsFoundByRegion(String region, String url) {
    assertThat(SsmCalls.endpoint(Region.of(region))).hasToString(url);
  }

  @Test
  void whatIsNotThereIsMadeEncryptedAndOverwritesNothing() {
    ssm.then(200, "{\"Tier\":\"Standard\",\"Version\":1}");

    assertThat(parameters.putIfAbsent(PATH, "NAME", SECRET)).isTrue();
    SsmServer.Call call = ssm.calls.getFirst();
    assertThat(call.input().text("Name")).contains(PATH + "/NAME");
    assertThat(call.input().text("Value")).contains(SECRET);
    assertThat(call.input().text("Type")).contains("SecureString");
    assertThat(call.input().toString()).contains("Overwrite").contains("false");
  }

  @Test
  void whatIsThereStays() {
    ssm.then(400, refusal("ParameterAlreadyExists", "The parameter already exists."));

    assertThat(parameters.putIfAbsent(PATH, "NAME", SECRET)).isFalse();
    assertThat(ssm.calls).hasSize(1);
  }

  /** Whoever asks reads it again, so it makes no difference who made it. */
  @Test
  void aMakingWhoseAnswerGotLostCountsAsThere() {
    ssm.thenSilence().then(400, refusal("ParameterAlreadyExists", "The parameter already exists."));

    assertThat(parameters.putIfAbsent(PATH, "NAME", SECRET)).isFalse();
    assertThat(ssm.calls).hasSize(2);
  }

  @Test
  void throttlingAndOutagesAreWaitedFor() {
    ssm.then(400, refusal("ThrottlingException", "Rate exceeded"))
        .then(503, "<html>busy</html>")
        .then(500, refusal("InternalServerError", "oh"))
        .thenSilence()
        .then(200, page("", PATH + "/A"));

    assertThat(parameters.read(PATH)).containsOnlyKeys("A");
    assertThat(ssm.calls).hasSize(5);
  }

  @Test
  void whatIsThrottledForEverIsGivenUpByName() {
    for (int i = 0; i < 20; i++) {
      ssm.then(400, refusal("ThrottlingException", "Rate exceeded"));
    }
    assertThatThrownBy(() -> parameters.read(PATH))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("parameters under " + PATH)
        .hasMessageContaining("Rate exceeded");
    assertThat(ssm.calls).hasSize(Retries.MAX_ATTEMPTS);
  }

  @Test
  void whatIsForbiddenIsAskedOnce() {
    ssm.then(400, refusal("AccessDeniedException", "not authorized to perform: ssm:GetParameters"));

    assertThatThrownBy(() -> parameters.read(PATH))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("AccessDeniedException: not authorized to perform");
    assertThat(ssm.calls).hasSize(1);
  }

  /** SSM's own words on a value of the wrong kind quote it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 validation error detected: Value '%s' at 'value' failed to satisfy constraint: Member",
        "Parameter value %s is not valid",
        "kTq3-not… is too long"
      })
  void aRefusalThatQuotesTheValueIsNotPassedOn(String said) {
    ssm.then(400, refusal("ValidationException", said.formatted(SECRET)));

    assertThat(shown(() -> parameters.putIfAbsent(PATH, "NAME", SECRET)))
        .contains(PATH + "/NAME", "400 ValidationException")
        .doesNotContain(SECRET, SECRET.substring(0, 8));
  }

  @Test
  void aRefusalOfAShortValueDoesNotShowItEither() {
    ssm.then(400, refusal("ValidationException", "Value 'short' is not valid"));

    assertThat(shown(() -> parameters.putIfAbsent(PATH, "NAME", "short"))).doesNotContain("short");
  }

  @Test
  void anyOtherRefusalSaysWhy() {
    ssm.then(400, refusal("AccessDeniedException", "User: arn:aws:sts::1:x is not authorized"));

    assertThat(shown(() -> parameters.putIfAbsent(PATH, "NAME", SECRET)))
        .contains("User: arn:aws:sts::1:x is not authorized")
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Parameters\":[{\"Name\":\"/a/b\",\"Value\":kTq3-not-to-be-seen-9Zr8}]}",
        "{\"Parameters\":[{\"Name\":\"/a/b\",\"Value\":\"kTq3-not-to-be-seen-9Zr8",
        "{\"Parameters\":[{\"Name\":\"/a/b\",\"Value\":\"kTq3-not-to-be-seen-9Zr8\\q\"}]}",
        "kTq3-not-to-be-seen-9Zr8"
      })
  void anAnswerThatIsNotWholeIsAnErrorWithoutItsContents(String answer) {
    ssm.then(200, answer);

    assertThat(shown(() -> parameters.read(PATH)))
        .contains("not whole")
        .doesNotContain("kTq3", "9Zr8");
  }

  @Test
  void nobodyThereIsAnErrorWithoutTheValue() {
    ssm.close();

    assertThat(shown(() -> parameters.putIfAbsent(PATH, "NAME", SECRET)))
        .contains(PATH + "/NAME")
        .doesNotContain(SECRET);
  }

  /** All that a log would show of what a call throws, its causes among it. */
  private static String shown(ThrowingCallable call) {
    StringBuilder shown = new StringBuilder();
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(StoreException.class);
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      shown.append(each).append('\n');
    }
    return shown.toString();
  }
}

package dev.virga.functions.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.lambda.Groups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The main template names what is there, and the nested ones get what they ask for. */
class TemplateTest {
  private static final CloudTemplate MAIN = CloudTemplate.main();
  private static final String ENTRIES = "dev.virga.functions.lambda.";

  @Test
  void everyFunctionIsAnEntryClassOfItsOwnName() throws ReflectiveOperationException {
    for (Map.Entry<String, Map<String, Object>> function : functions().entrySet()) {
      Map<String, Object> properties = CloudTemplate.properties(function.getValue());
      assertThat(properties).containsEntry("Handler", ENTRIES + function.getKey());
      Class<?> entry = Class.forName(ENTRIES + function.getKey());
      assertThat(RequestStreamHandler.class).isAssignableFrom(entry);
      assertThat(Modifier.isPublic(entry.getConstructor().getModifiers())).isTrue();
    }
  }

  @Test
  void everyEntryClassIsDeployed() throws IOException {
    Path classes =
        Path.of(Groups.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    try (Stream<Path> files = Files.list(classes.resolve(ENTRIES.replace('.', '/')))) {
      Set<String> entries =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Function.class"))
              .map(name -> name.replace(".class", ""))
              .filter(TemplateTest::isEntry)
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(functions().keySet()).containsExactlyInAnyOrderElementsOf(entries);
    }
  }

  private static boolean isEntry(String name) {
    try {
      Class<?> type = Class.forName(ENTRIES + name, false, Groups.class.getClassLoader());
      return RequestStreamHandler.class.isAssignableFrom(type)
          && !Modifier.isAbstract(type.getModifiers());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyFunctionHasARoleOfItsOwn() {
    functions()
        .forEach(
            (id, function) ->
                assertThat(CloudTemplate.properties(function))
                    .containsEntry(
                        "Role",
                        Map.of(
                            "Fn::GetAtt",
                            List.of("Roles", "Outputs." + id.replace("Function", "")))));
  }

  @Test
  void everyFunctionIsPublishedWithASnapshotButTheOneThatMakesTheSecrets() {
    Map<String, Object> globals = CloudTemplate.object(MAIN.section("Globals").get("Function"));
    assertThat(globals)
        .containsEntry("Runtime", "java25")
        .containsEntry("Architectures", List.of("arm64"))
        .containsEntry("SnapStart", Map.of("ApplyOn", "PublishedVersions"));
    functions()
        .forEach(
            (id, function) -> {
              Map<String, Object> properties = CloudTemplate.properties(function);
              boolean secrets = id.equals("SecretsFunction");
              assertThat(properties.containsKey("AutoPublishAlias")).as(id).isEqualTo(!secrets);
              assertThat(properties.containsKey("SnapStart")).as(id).isEqualTo(secrets);
              assertThat(function.containsKey("DependsOn")).as(id).isEqualTo(!secrets);
            });
  }

  @Test
  void nothingCallsAFunctionPastItsAlias() throws IOException {
    String text = Files.readString(MAIN.file());
    for (String id : functions().keySet()) {
      if (!id.equals("SecretsFunction")) {
        assertThat(text).doesNotContain("!GetAtt " + id + ".Arn");
      }
    }
  }

  @Test
  void changesOfTheOutboxAloneAreDeliveredAndNeverForEver() {
    Map<String, Object> mapping =
        CloudTemplate.properties(
            MAIN.resources("AWS::Lambda::EventSourceMapping").values().iterator().next());
    assertThat(mapping)
        .containsEntry("FunctionName", Map.of("Ref", "StreamFunction.Alias"))
        .containsEntry("StartingPosition", "TRIM_HORIZON")
        .containsEntry("FunctionResponseTypes", List.of("ReportBatchItemFailures"))
        .containsEntry("BisectBatchOnFunctionError", "true")
        .containsKeys("MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "DestinationConfig");
    assertThat(String.valueOf(mapping.get("FilterCriteria")))
        .contains(
            "{\"eventName\": [\"INSERT\"], \"dynamodb\": {\"Keys\": {\"sk\": {\"S\": [{\"prefix\":"
                + " \"outbox#\"}]}}}}");
  }

  /**
   * After a redirect a browser's request has the origin "null", and headers of the app's own: every
   * one but Authorization, which it leaves behind.
   */
  @Test
  void pagesOfEveryOriginMayReadWhatTheyAreRedirectedToAndNoMore() {
    Map<String, Object> bucket =
        CloudTemplate.properties(MAIN.resources("AWS::S3::Bucket").get("ObjectsBucket"));
    List<Object> rules =
        CloudTemplate.list(CloudTemplate.object(bucket.get("CorsConfiguration")).get("CorsRules"));
    assertThat(rules)
        .containsExactly(
            Map.of(
                "AllowedOrigins", List.of("*"),
                "AllowedMethods", List.of("GET", "HEAD"),
                "AllowedHeaders", List.of("*"),
                "MaxAge", "86400"));
    assertThat(bucket).containsKey("PublicAccessBlockConfiguration");
  }

  @Test
  void theFunctionThatCallsItselfMayAndNoOther() {
    functions()
        .forEach(
            (id, function) -> {
              boolean itself = id.equals("WebSocketFunction");
              Map<String, Object> properties = CloudTemplate.properties(function);
              assertThat(properties.get("RecursiveLoop")).as(id).isEqualTo(itself ? "Allow" : null);
              assertThat(properties.containsKey("ReservedConcurrentExecutions"))
                  .as(id)
                  .isEqualTo(itself);
            });
  }

  /** Both name it before it is made, so the names must be the same in all places. */
  @Test
  void whoCallsTheFunctionBehindTheWebSocketApiCallsItsAliasByName() {
    Map<String, Object> itself = CloudTemplate.properties(functions().get("WebSocketFunction"));
    String name =
        String.valueOf(CloudTemplate.object(itself.get("FunctionName")).get("Fn::Sub"))
            + ":"
            + itself.get("AutoPublishAlias");
    for (String caller : List.of("StreamFunction", "WebSocketFunction")) {
      assertThat(String.valueOf(CloudTemplate.properties(functions().get(caller))))
          .contains("VIRGA_WEBSOCKET_FUNCTION={Fn::Sub=" + name + "}");
    }
    assertThat(
            CloudTemplate.object(
                    CloudTemplate.properties(
                            MAIN.resources("AWS::CloudFormation::Stack").get("Roles"))
                        .get("Parameters"))
                .get("WebSocketFunction"))
        .isEqualTo(Map.of("Fn::Sub", name));
  }

  @Test
  void nobodyWaitsForAFunctionLongerThanItMayTake() {
    Map<String, Object> globals = CloudTemplate.object(MAIN.section("Globals").get("Function"));
    assertThat(seconds(globals)).as("an HTTP API waits 30 s").isLessThan(30);
    Map<String, Map<String, Object>> functions = functions();
    assertThat(seconds(CloudTemplate.properties(functions.get("StreamFunction"))))
        .as("feeding, settling and as much for the batch itself")
        .isGreaterThanOrEqualTo(40);
    assertThat(seconds(CloudTemplate.properties(functions.get("WebSocketFunction"))))
        .as("30 s are kept back, the rest is for subscribers")
        .isGreaterThanOrEqualTo(120);
    assertThat(seconds(CloudTemplate.properties(functions.get("MaintenanceFunction"))))
        .as("it is called every hour, and no two of it are to run at once")
        .isLessThan(3600);
  }

  private static int seconds(Map<String, Object> function) {
    return Integer.parseInt(String.valueOf(function.get("Timeout")));
  }

  @Test
  void everyVariableIsReadBySomeCode() {
    Map<String, Object> globals = CloudTemplate.object(MAIN.section("Globals").get("Function"));
    Set<String> variables =
        CloudTemplate.object(CloudTemplate.object(globals.get("Environment")).get("Variables"))
            .keySet();
    String sources =
        Stream.of("shared/pds", "shared/aws", "functions")
            .map(module -> CloudTemplate.ROOT.resolve(module).resolve("src/main/java"))
            .flatMap(TemplateTest::texts)
            .collect(Collectors.joining());
    // An upstream's two variables are put together from its prefix.
    assertThat(variables)
        .allSatisfy(name -> assertThat(sources).contains(name.replaceFirst("_(URL|DID)$", "")));
  }

  private static Stream<String> texts(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(TemplateTest::text).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyNestedTemplateGetsTheParametersThatItAsksFor() {
    MAIN.resources("AWS::CloudFormation::Stack")
        .forEach(
            (id, stack) -> {
              Map<String, Object> properties = CloudTemplate.properties(stack);
              Map<String, Object> given =
                  CloudTemplate.object(properties.getOrDefault("Parameters", Map.of()));
              assertThat(given.keySet())
                  .as(id)
                  .containsExactlyInAnyOrderElementsOf(
                      template(properties).section("Parameters").keySet());
            });
  }

  @Test
  void everyOutputThatIsAskedForExists() throws IOException {
    Map<String, Map<String, Object>> stacks = MAIN.resources("AWS::CloudFormation::Stack");
    Pattern output = Pattern.compile("\\b([A-Z][A-Za-z]+)\\.Outputs\\.([A-Za-z]+)");
    assertThat(output.matcher(Files.readString(MAIN.file())).results())
        .isNotEmpty()
        .allSatisfy(
            match ->
                assertThat(
                        template(CloudTemplate.properties(stacks.get(match.group(1))))
                            .section("Outputs"))
                    .containsKey(match.group(2)));
  }

  private static CloudTemplate template(Map<String, Object> properties) {
    return CloudTemplate.nested(
        String.valueOf(properties.get("TemplateURL")).replace("infra/", "").replace(".yaml", ""));
  }

  @Test
  void everyParameterIsExplainedAndHasADefault() {
    MAIN.section("Parameters")
        .forEach(
            (name, parameter) ->
                assertThat(CloudTemplate.object(parameter))
                    .as(name)
                    .containsKeys("Default", "Description"));
  }

  @Test
  void whatIsRememberedOutlivesTheStack() {
    for (String type : List.of("AWS::DynamoDB::Table", "AWS::S3::Bucket")) {
      assertThat(MAIN.resources(type).values())
          .isNotEmpty()
          .allSatisfy(resource -> assertThat(resource).containsEntry("DeletionPolicy", "Retain"));
    }
  }

  private static Map<String, Map<String, Object>> functions() {
    return MAIN.resources("AWS::Serverless::Function");
  }
}

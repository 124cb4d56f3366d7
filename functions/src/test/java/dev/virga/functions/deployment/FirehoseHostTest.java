package dev.virga.functions.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The firehose host is one machine whose id CloudFront knows: nothing in its template replaces it
 * in passing, and whatever stops it, something starts it again.
 */
class FirehoseHostTest {
  private static final CloudTemplate TEMPLATE = CloudTemplate.nested("firehose");

  private static Map<String, Object> only(String type) {
    Map<String, Map<String, Object>> found = TEMPLATE.resources(type);
    assertThat(found).as(type).hasSize(1);
    return CloudTemplate.properties(found.values().iterator().next());
  }

  @Test
  void aChangedLaunchTemplateLeavesTheMachineAsItIs() {
    // A new version here would replace the machine, and an origin in use takes no other (409).
    assertThat(CloudTemplate.object(only("AWS::EC2::Instance").get("LaunchTemplate")))
        .containsEntry("Version", "1");
    assertThat(only("AWS::CloudFront::VpcOrigin")).doesNotContainKey("Tags");
  }

  @Test
  void failingHardwareIsLeftAndAHungSystemRebooted() {
    assertThat(actions("StatusCheckFailed_System")).contains(":ec2:recover");
    assertThat(actions("StatusCheckFailed_Instance")).contains(":ec2:reboot");
  }

  private static String actions(String metric) {
    return TEMPLATE.resources("AWS::CloudWatch::Alarm").values().stream()
        .map(CloudTemplate::properties)
        .filter(alarm -> metric.equals(alarm.get("MetricName")))
        .filter(alarm -> String.valueOf(alarm.get("Dimensions")).contains("Ref=Host"))
        .map(alarm -> String.valueOf(alarm.get("AlarmActions")))
        .findFirst()
        .orElse("none");
  }

  @Test
  void aStoppedMachineIsStartedAgain() {
    Map<String, Object> target =
        CloudTemplate.object(only("AWS::Scheduler::Schedule").get("Target"));
    assertThat(String.valueOf(target.get("Arn"))).contains("aws-sdk:ec2:startInstances");
    assertThat(String.valueOf(target.get("Input"))).contains("{\"InstanceIds\": [\"${Host}\"]}");
  }

  @Test
  void thereAreNoMoreAlarmsThanAreFree() {
    assertThat(
            CloudTemplate.all().stream()
                .mapToInt(template -> template.resources("AWS::CloudWatch::Alarm").size())
                .sum())
        .isLessThanOrEqualTo(10);
  }

  @Test
  void aProcessThatEndsOrHangsIsStartedAgain() {
    assertThat(script())
        .contains("Restart=always", "StartLimitIntervalSec=0", "-XX:+ExitOnOutOfMemoryError")
        .contains("http://localhost:2583/xrpc/_health || systemctl restart virga")
        .containsPattern("systemctl enable --now .*virga-watch.timer");
  }

  @Test
  void theScriptOfTheFirstStartIsBash() throws Exception {
    assertThat(run(List.of("bash", "-n", "-c", script()))).isEmpty();
  }

  @Test
  void theMachineOfJavaKnowsItsOptions() throws Exception {
    Matcher start =
        Pattern.compile("ExecStart=/usr/bin/java ((?:[^\\\\\\n]|\\\\\\n)*?)-cp").matcher(script());
    assertThat(start.find()).isTrue();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(start.group(1).replace("\\\n", " ").strip().split("\\s+")));
    command.add("-version");
    assertThat(run(command)).contains("version").doesNotContain("Unrecognized", "Error");
  }

  /** What the machine runs when it starts for the first time, without the template's values. */
  private static String script() {
    Map<String, Object> data =
        CloudTemplate.object(only("AWS::EC2::LaunchTemplate").get("LaunchTemplateData"));
    Object encoded = CloudTemplate.object(data.get("UserData")).get("Fn::Base64");
    return String.valueOf(CloudTemplate.object(encoded).get("Fn::Sub"));
  }

  /** What a command says; it must succeed. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}

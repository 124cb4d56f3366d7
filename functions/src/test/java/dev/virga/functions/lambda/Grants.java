package dev.virga.functions.lambda;

import dev.virga.functions.deployment.CloudTemplate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code infra/roles.yaml} lets a function do, resources named as {@link RecordedCalls} does.
 */
record Grants(List<Grant> all) {
  /** Done by Lambda itself on the function's behalf, never by its code. */
  private static final Pattern BY_LAMBDA =
      Pattern.compile(
          "logs:.*|sqs:SendMessage|dynamodb:(DescribeStream|GetRecords|.*Shard.*|ListStreams)");

  /** One action on the resources of a pattern, in which an asterisk stands for anything. */
  record Grant(String action, String resource) {
    boolean allows(RecordedCalls.Use use) {
      return action.equals(use.action())
          && Pattern.matches(Pattern.quote(resource).replace("*", "\\E.*\\Q"), use.resource());
    }

    @Override
    public String toString() {
      return action + " " + resource;
    }
  }

  /** The names of all roles. */
  static Set<String> roles() {
    return CloudTemplate.nested("roles").resources("AWS::IAM::Role").keySet();
  }

  /** The grants of a role, with those that it shares with others. */
  static Grants of(String role) {
    CloudTemplate roles = CloudTemplate.nested("roles");
    Map<String, Object> properties =
        CloudTemplate.properties(roles.resources("AWS::IAM::Role").get(role));
    Stream<Object> own =
        CloudTemplate.list(properties.get("Policies")).stream()
            .map(policy -> CloudTemplate.object(policy).get("PolicyDocument"));
    Stream<Object> shared =
        CloudTemplate.list(properties.getOrDefault("ManagedPolicyArns", List.of())).stream()
            .map(reference -> String.valueOf(CloudTemplate.object(reference).get("Ref")))
            .map(id -> roles.resources("AWS::IAM::ManagedPolicy").get(id))
            .map(policy -> CloudTemplate.properties(policy).get("PolicyDocument"));
    return new Grants(
        Stream.concat(own, shared)
            .flatMap(document -> statements(document).stream())
            .flatMap(Grants::grants)
            .filter(grant -> !BY_LAMBDA.matcher(grant.action()).matches())
            .toList());
  }

  private static List<Object> statements(Object document) {
    return CloudTemplate.list(CloudTemplate.object(document).get("Statement"));
  }

  private static Stream<Grant> grants(Object statement) {
    Map<String, Object> fields = CloudTemplate.object(statement);
    return CloudTemplate.list(fields.get("Action")).stream()
        .flatMap(
            action ->
                CloudTemplate.list(fields.get("Resource")).stream()
                    .map(resource -> new Grant(action.toString(), name(resource))));
  }

  private static String name(Object resource) {
    Map<String, Object> reference = CloudTemplate.object(resource);
    String text = String.valueOf(reference.getOrDefault("Ref", reference.get("Fn::Sub")));
    return text.replace("${BucketArn}", "bucket")
        .replace("BucketArn", "bucket")
        .replace("TableArn", "table")
        .replaceFirst(".*:parameter\\$\\{Path}", "parameter/virga/test")
        .replaceFirst(".*:\\$\\{WebSocketApi}/live/(\\w+)/@connections/\\*", "connections/$1")
        .replaceFirst(".*:function:\\$\\{WebSocketFunction}", "subscribers");
  }
}

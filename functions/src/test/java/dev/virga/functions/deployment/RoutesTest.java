package dev.virga.functions.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.functions.PdsServer;
import dev.virga.functions.lambda.Group;
import dev.virga.functions.lambda.Groups;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of the HTTP API lead each method to the function of its group. */
class RoutesTest {
  private static final CloudTemplate API = CloudTemplate.nested("api");

  @TempDir Path scratch;

  @Test
  void everyMethodHasARouteToItsGroupAndNothingElseHas() {
    Map<String, String> expected = new TreeMap<>();
    new PdsServer(scratch, Map.of())
        .methods()
        .forEach(method -> expected.put("ANY /xrpc/" + method.text(), name(Groups.of(method))));
    expected.put("$default", name(Group.PROXY));
    assertThat(routes()).isEqualTo(expected);
  }

  @Test
  void everyGroupHasAnIntegrationThatMayCallItsFunction() {
    for (Group group : Group.values()) {
      assertThat(uri(group, "Integration", "IntegrationUri")).isEqualTo(Map.of("Ref", name(group)));
      assertThat(uri(group, "Permission", "FunctionName")).isEqualTo(Map.of("Ref", name(group)));
      assertThat(
              CloudTemplate.object(
                  CloudTemplate.properties(
                          CloudTemplate.main().resources("AWS::CloudFormation::Stack").get("Api"))
                      .get("Parameters")))
          .containsEntry(name(group), Map.of("Ref", group.entry() + ".Alias"));
    }
  }

  private static @Nullable Object uri(Group group, String resource, String property) {
    Map<String, Object> found =
        CloudTemplate.object(API.section("Resources").get(name(group) + resource));
    return CloudTemplate.properties(found).get(property);
  }

  private static String name(Group group) {
    return group.entry().replace("Function", "");
  }

  /** Route keys and the groups that they lead to, loops unrolled. */
  private static Map<String, String> routes() {
    Map<String, String> routes = new TreeMap<>();
    API.section("Resources")
        .forEach(
            (id, resource) -> {
              if (id.startsWith("Fn::ForEach::")) {
                List<Object> loop = CloudTemplate.list(resource);
                for (Object item : CloudTemplate.list(loop.get(1))) {
                  CloudTemplate.object(loop.get(2))
                      .values()
                      .forEach(template -> add(routes, template, loop.getFirst(), item));
                }
              } else {
                add(routes, resource, "", "");
              }
            });
    return routes;
  }

  private static void add(
      Map<String, String> routes, Object resource, Object variable, Object value) {
    Map<String, Object> fields = CloudTemplate.object(resource);
    if (!"AWS::ApiGatewayV2::Route".equals(fields.get("Type"))) {
      return;
    }
    Map<String, Object> properties = CloudTemplate.properties(fields);
    String key =
        String.valueOf(properties.get("RouteKey"))
            .replace("${" + variable + "}", String.valueOf(value));
    String target = String.valueOf(CloudTemplate.object(properties.get("Target")).get("Fn::Sub"));
    assertThat(target).startsWith("integrations/${").endsWith("Integration}");
    String before =
        routes.put(key, target.replace("integrations/${", "").replace("Integration}", ""));
    assertThat(before).as("%s twice", key).isNull();
  }
}

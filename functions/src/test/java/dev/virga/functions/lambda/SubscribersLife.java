package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.aws.Connection;
import dev.virga.aws.LocalServers;
import dev.virga.aws.dynamodb.IndexTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What subscribers of the WebSocket API do and suffer: a part of {@link RolesTest}. */
final class SubscribersLife {
  private static final String GO_ON = "{\"virga\":\"goOn\"}";

  /** Of no time, so that what is left to do is left to another call. */
  private static final int NONE = 0;

  private static final int ENOUGH = 600_000;

  private final RequestStreamHandler function;
  private final FakeGateway gateway;
  private final String table;

  SubscribersLife(RequestStreamHandler function, FakeGateway gateway, String table) {
    this.function = function;
    this.gateway = gateway;
    this.table = table;
  }

  /** They come, change their minds, misbehave and go, before there is anything to be told. */
  void coming() throws IOException {
    connect("posts=", Map.of("wantedCollections", List.of("app.bsky.feed.post")));
    connect(
        "few=",
        Map.of(
            "wantedDids",
            IntStream.range(0, 60).mapToObj(i -> "did:web:user" + i + ".example.com").toList()));
    connect("shy=", Map.of("requireHello", List.of("true")));
    connect("rude=", Map.of());
    connect("short=", Map.of());
    say("shy=", "{\"type\":\"options_update\",\"payload\":{\"wantedCollections\":[]}}");
    say("rude=", "no JSON");
    disconnect("short=");
    call(GO_ON, ENOUGH);
  }

  /** One wants to hear all from the beginning, and there is no time to tell it. */
  void catchingUp() throws IOException {
    connect("late=", Map.of("cursor", List.of("1")));
    int before = heard("late=").size();
    call(GO_ON, NONE);
    call(GO_ON, ENOUGH);
    assertThat(heard("late=").size()).isGreaterThan(before);
  }

  /** One has taken nothing for more than a minute, as its item says, and still does not. */
  void givingUp() throws IOException {
    call(GO_ON, ENOUGH);
  }

  /** Somebody comes again, for the next batch to find. */
  void comingBack() throws IOException {
    connect("back=", Map.of("cursor", List.of("1")));
  }

  /** Lets a subscriber have failed for a long time. */
  void fail(String id) {
    try (Connection connection = LocalServers.dynamo().connect();
        DynamoDbClient client = IndexTable.client(connection)) {
      client.updateItem(
          r ->
              r.tableName(table)
                  .key(
                      Map.of(
                          "pk", AttributeValue.fromS("websocket"), "sk", AttributeValue.fromS(id)))
                  .updateExpression("SET #failing = :long, #position = :none")
                  .expressionAttributeNames(Map.of("#failing", "failing", "#position", "position"))
                  .expressionAttributeValues(
                      Map.of(
                          ":long", AttributeValue.fromN("0"), ":none", AttributeValue.fromN("1"))));
    }
  }

  /** The events that reached a subscriber, in order. */
  List<Value.Obj> heard(String id) {
    return gateway.messages().stream()
        .filter(message -> message.startsWith(id + " "))
        .map(message -> message.substring(id.length() + 1).getBytes(StandardCharsets.UTF_8))
        .map(json -> (Value.Obj) DataJson.parse(json))
        .toList();
  }

  private void connect(String id, Map<String, List<String>> query) throws IOException {
    String parameters =
        query.entrySet().stream()
            .map(
                parameter ->
                    parameter.getValue().stream()
                        .map(value -> "\"" + value + "\"")
                        .collect(Collectors.joining(",", "\"" + parameter.getKey() + "\":[", "]")))
            .collect(Collectors.joining(","));
    call(
        """
        {"requestContext":{"eventType":"CONNECT","connectionId":"%s"},"headers":{},\
        "multiValueQueryStringParameters":{%s}}\
        """
            .formatted(id, parameters),
        ENOUGH);
  }

  private void say(String id, String text) throws IOException {
    call(
        """
        {"requestContext":{"eventType":"MESSAGE","connectionId":"%s"},"body":"%s"}\
        """
            .formatted(id, text.replace("\"", "\\\"")),
        ENOUGH);
  }

  private void disconnect(String id) throws IOException {
    call(
        "{\"requestContext\":{\"eventType\":\"DISCONNECT\",\"connectionId\":\"%s\"}}".formatted(id),
        ENOUGH);
  }

  private void call(String event, int millis) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    function.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
        out,
        new FakeContext(millis));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"statusCode\":200}");
  }
}

package dev.virga.functions.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.functions.PdsServer;
import dev.virga.functions.SiteClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a person's client does, the same in every run. */
final class Workload {
  private static final int BATCH = 200;

  private final CloudPds pds;
  private final PdsServer.User user;
  private String bearer;
  private final Random random = new Random(11);
  private String refresh;
  private String firstPost = "";
  private String lastPost = "";
  private int likes;

  Workload(CloudPds pds, PdsServer.User user) {
    this.pds = pds;
    this.user = user;
    this.bearer = user.bearer();
    this.refresh = user.refresh();
  }

  private static final String TEXT =
      "Rain that evaporates before it reaches the ground is called virga; somebody has to say so, "
          + "and so I do, in a post of a usual length.";

  private String post() {
    return record("app.bsky.feed.post", "\"text\":\"" + TEXT + "\",\"langs\":[\"en\"]");
  }

  private String record(String type, String fields) {
    return "{\"$type\":\"%s\",%s,\"createdAt\":\"%s\"}"
        .formatted(type, fields, pds.clock.instant());
  }

  private String subject() {
    String rkey =
        "3l%011d"
            .formatted(likes++)
            .replace('0', 'a')
            .replace('1', 'b')
            .replace('8', 'c')
            .replace('9', 'd');
    return "\"subject\":{\"uri\":\"at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/%s\",\"cid\":\"bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454\"}"
        .formatted(rkey);
  }

  /** Signs in again, since tokens end after two hours. */
  void signIn(SiteClient client) {
    PdsServer.Answer session =
        ok(
            client.post(
                "com.atproto.server.createSession",
                "{\"identifier\":\"%s\",\"password\":\"correct horse\"}".formatted(user.handle()),
                null));
    bearer = "Bearer " + session.text("accessJwt");
    refresh = session.text("refreshJwt");
  }

  /** Many posts in as few commits as the protocol allows. */
  void fill(SiteClient client, int records) {
    for (int made = 0; made < records; made += BATCH) {
      StringBuilder writes = new StringBuilder();
      for (int i = 0; i < BATCH; i++) {
        tick();
        writes
            .append(i == 0 ? "" : ",")
            .append(
                "{\"$type\":\"com.atproto.repo.applyWrites#create\",\"collection\":\"app.bsky.feed.post\",\"value\":%s}"
                    .formatted(post()));
      }
      pds.clock.advance(Duration.ofHours(1));
      signIn(client);
      ok(
          client.post(
              "com.atproto.repo.applyWrites",
              "{\"repo\":\"%s\",\"writes\":[%s]}".formatted(user.did(), writes),
              bearer));
    }
  }

  void post(SiteClient client) {
    PdsServer.Answer answer = create(client, "app.bsky.feed.post", post());
    lastPost = answer.text("uri").substring(answer.text("uri").lastIndexOf('/') + 1);
    firstPost = firstPost.isEmpty() ? lastPost : firstPost;
  }

  void like(SiteClient client) {
    create(client, "app.bsky.feed.like", record("app.bsky.feed.like", subject()));
  }

  /** Of ten writes about six likes, two posts, a repost and a follow. */
  void mixed(SiteClient client) {
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3, 4, 5 -> like(client);
      case 6, 7 -> post(client);
      case 8 -> create(client, "app.bsky.feed.repost", record("app.bsky.feed.repost", subject()));
      default ->
          create(
              client,
              "app.bsky.graph.follow",
              record(
                  "app.bsky.graph.follow",
                  "\"subject\":\"did:web:someone%d.example\"".formatted(likes++)));
    }
  }

  void put(SiteClient client, String rkey, String text) {
    tick();
    ok(
        client.post(
            "com.atproto.repo.putRecord",
            "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"rkey\":\"%s\",\"record\":%s}"
                .formatted(
                    user.did(), rkey, record("com.example.note", "\"text\":\"" + text + "\"")),
            bearer));
  }

  void delete(SiteClient client, String rkey) {
    tick();
    ok(
        client.post(
            "com.atproto.repo.deleteRecord",
            "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"rkey\":\"%s\"}"
                .formatted(user.did(), rkey),
            bearer));
  }

  /** Uploads bytes as a blob and returns its JSON. */
  String upload(SiteClient client, byte[] bytes) {
    PdsServer.Answer answer =
        ok(client.post("com.atproto.repo.uploadBlob", "image/png", bytes, bearer));
    return new String(answer.body(), StandardCharsets.UTF_8)
        .replaceFirst("^\\{\"blob\":", "")
        .replaceFirst("}$", "");
  }

  /** Posts a picture and returns its CID. */
  String postWithBlob(SiteClient client, byte[] bytes) {
    String blob = upload(client, bytes);
    create(
        client,
        "app.bsky.feed.post",
        record(
            "app.bsky.feed.post",
            "\"text\":\"look\",\"embed\":{\"$type\":\"app.bsky.embed.images\",\"images\":"
                + "[{\"alt\":\"a cloud\",\"image\":"
                + blob
                + "}]}"));
    Matcher cid = Pattern.compile("bafkrei[a-z2-7]{52}").matcher(blob);
    assertThat(cid.find()).isTrue();
    return cid.group();
  }

  void refresh(SiteClient client) {
    ok(client.post("com.atproto.server.refreshSession", "", new byte[0], "Bearer " + refresh));
  }

  String firstPost() {
    return firstPost;
  }

  String lastPost() {
    return lastPost;
  }

  private PdsServer.Answer create(SiteClient client, String collection, String record) {
    tick();
    return ok(
        client.post(
            "com.atproto.repo.createRecord",
            "{\"repo\":\"%s\",\"collection\":\"%s\",\"record\":%s}"
                .formatted(user.did(), collection, record),
            bearer));
  }

  private static PdsServer.Answer ok(PdsServer.Answer answer) {
    assertThat(answer.error()).isEqualTo("ok");
    return answer;
  }

  /** Time passes between writes: somebody who writes every ten seconds is busy. */
  private void tick() {
    pds.clock.advance(Duration.ofSeconds(10));
  }
}

package dev.virga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.host.Host;
import dev.virga.host.SecretFile;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.store.Key;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A data directory in which everything occurs that a laptop's can have: made by a real host and by
 * the round of upkeep that a day brings.
 */
final class Furnished {
  private static final String NOTE = "com.example.note";
  private static final String LIKE = "app.bsky.feed.like";

  /** Records that are too many for a page. */
  private static final String BULK = "com.example.bulk";

  private static final int SMALL_BLOB = 3_000;
  private static final int LARGE_BLOB = 300_000;

  /** Enough commits of the first account that its packs are merged. */
  private static final int MANY = 206;

  private static final int SOME = 45;

  final Path directory;
  final List<Owner> owners = new ArrayList<>();
  private final Random random;
  private final HttpClient http = HttpClient.newHttpClient();

  /** An account, and what there is to ask for of it. */
  record Owner(String did, String handle, String token, List<String> paths, List<String> blobs) {}

  private Furnished(Path directory, Random random) {
    this.directory = directory;
    this.random = random;
  }

  static Furnished in(Path directory, Random random) throws Exception {
    Furnished furnished = new Furnished(Files.createDirectories(directory), random);
    try (Host host = furnished.start(directory)) {
      furnished.fill(host);
    }
    furnished.keepHouse();
    return furnished;
  }

  /** The settings of all hosts and commands on such a directory. */
  static PdsConfig config(Path directory) throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("PDS_PORT", "0");
    variables.put("PDS_INVITE_REQUIRED", "true");
    variables.put("PDS_INVITE_INTERVAL", "1");
    variables.put("PDS_RATE_LIMITS_ENABLED", "true");
    return PdsConfig.parse(new SecretFile(directory, new SecureRandom()).complete(variables));
  }

  Host start(Path of) throws IOException {
    return Host.start(config(of), of);
  }

  HttpClient http() {
    return http;
  }

  String adminPassword() throws IOException {
    return config(directory).secrets().adminPassword().text();
  }

  private void fill(Host host) throws Exception {
    Client anyone = Client.of(http, host);
    Client admin = anyone.asAdmin(adminPassword());
    String code =
        admin
            .call("com.atproto.server.createInviteCode", "{\"useCount\": 10}")
            .text("code")
            .orElseThrow();
    signUp(anyone, "alice", code);
    signUp(anyone, "bob", code);
    signUp(anyone, "carol", code);
    Owner carol = owners.removeLast();
    for (Owner owner : owners) {
      furnish(owner, owner.equals(owners.getFirst()) ? MANY : SOME, anyone, admin);
    }
    Client third = anyone.as(carol.token());
    note(carol, third, "gone", "\"text\": \"of an account that is deleted\"");
    admin.call("com.atproto.admin.deleteAccount", json("{'did': '%s'}", carol.did()));
    anyone.call("com.atproto.server.reserveSigningKey", "{}");
    for (Owner owner : owners) {
      anyone.get("/xrpc/com.atproto.identity.resolveDid?did=" + owner.did());
    }
  }

  private void signUp(Client client, String name, String code) throws Exception {
    Value.Obj made =
        client.call(
            "com.atproto.server.createAccount",
            json(
                "{'handle': '%s.test', 'email': '%s@example.com', 'password': '%s',"
                    + " 'inviteCode': '%s'}",
                name, name, password(name), code));
    owners.add(
        new Owner(
            made.text("did").orElseThrow(),
            name + ".test",
            made.text("accessJwt").orElseThrow(),
            new ArrayList<>(),
            new ArrayList<>()));
  }

  static String password(String name) {
    return "correct horse of " + name;
  }

  private void furnish(Owner owner, int notes, Client anyone, Client admin) throws Exception {
    Client client = anyone.as(owner.token());
    String name = owner.handle().replace(".test", "");
    for (int i = 0; i < notes; i++) {
      create(owner, client, BULK, json("{'text': 'number %d of %s'}", i, name));
    }
    note(owner, client, "first", json("'text': 'a note of %s'", name));
    note(owner, client, "large", json("'text': '%s'", name.repeat(2_000)));
    for (int i = 0; i < 3; i++) {
      create(owner, client, LIKE, like(owner, i));
    }
    Value.Obj small = upload(owner, client, SMALL_BLOB);
    Value.Obj large = upload(owner, client, LARGE_BLOB);
    Value.Obj hidden = upload(owner, client, SMALL_BLOB + 1);
    Value.Obj _ = upload(owner, client, SMALL_BLOB + 2);
    note(owner, client, "small-file", "\"file\": " + DataJson.toText(small));
    note(owner, client, "large-file", "\"file\": " + DataJson.toText(large));
    note(owner, client, "hidden-file", "\"file\": " + DataJson.toText(hidden));
    note(owner, client, "hidden", json("'text': 'hidden by a moderator, of %s'", name));
    note(owner, client, "changed", json("'text': 'once, of %s'", name));
    put(owner, client, "changed", json("'text': 'now, of %s'", name));

    client.call(
        "app.bsky.actor.putPreferences",
        json(
            "{'preferences': [{'$type': 'app.bsky.actor.defs#adultContentPref', 'enabled': %b},"
                + " {'$type': 'app.bsky.actor.defs#interestsPref', 'tags': ['%s']}]}",
            name.equals("alice"), name));
    client.call("com.atproto.server.createAppPassword", json("{'name': 'app of %s'}", name));
    anyone.call(
        "com.atproto.server.requestPasswordReset", json("{'email': '%s@example.com'}", name));
    client.get("/xrpc/com.atproto.server.getAccountInviteCodes");
    hide(
        admin,
        json(
            "{'$type': 'com.atproto.repo.strongRef', 'uri': 'at://%s/%s/hidden', 'cid': '%s'}",
            owner.did(), NOTE, cidOf(owner, client, "hidden")),
        "record of " + name);
    hide(
        admin,
        json(
            "{'$type': 'com.atproto.admin.defs#repoBlobRef', 'did': '%s', 'cid': '%s'}",
            owner.did(), link(hidden)),
        "blob of " + name);
  }

  private static void hide(Client admin, String subject, String ref) throws Exception {
    admin.call(
        "com.atproto.admin.updateSubjectStatus",
        "{\"subject\": %s, \"takedown\": {\"applied\": true, \"ref\": \"%s\"}}"
            .formatted(subject, ref));
  }

  private static String cidOf(Owner owner, Client client, String rkey) throws Exception {
    byte[] body =
        client
            .get(
                "/xrpc/com.atproto.repo.getRecord?repo=%s&collection=%s&rkey=%s"
                    .formatted(owner.did(), NOTE, rkey))
            .body();
    return ((Value.Obj) DataJson.parse(body)).text("cid").orElseThrow();
  }

  private void note(Owner owner, Client client, String rkey, String fields) throws Exception {
    client.call(
        "com.atproto.repo.createRecord",
        json("{'repo': '%s', 'collection': '%s', 'rkey': '%s', ", owner.did(), NOTE, rkey)
            + "\"record\": {"
            + fields
            + "}}");
    owner.paths().add(NOTE + "/" + rkey);
  }

  private static void put(Owner owner, Client client, String rkey, String fields) throws Exception {
    client.call(
        "com.atproto.repo.putRecord",
        json("{'repo': '%s', 'collection': '%s', 'rkey': '%s', ", owner.did(), NOTE, rkey)
            + "\"record\": {"
            + fields
            + "}}");
  }

  private static void create(Owner owner, Client client, String collection, String record)
      throws Exception {
    Value.Obj made =
        client.call(
            "com.atproto.repo.createRecord",
            json("{'repo': '%s', 'collection': '%s', ", owner.did(), collection)
                + "\"record\": "
                + record
                + "}");
    String uri = made.text("uri").orElseThrow();
    owner.paths().add(uri.substring(uri.indexOf(collection)));
  }

  private static String like(Owner owner, int n) {
    return json(
        "{'subject': {'uri': 'at://%s/app.bsky.feed.post/3jzfcijpj2z2%d',"
            + " 'cid': 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a'},"
            + " 'createdAt': '2026-01-01T00:00:0%d.000Z'}",
        owner.did(), n + 2, n);
  }

  private Value.Obj upload(Owner owner, Client client, int size) throws Exception {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Value.Obj blob =
        client
            .call("com.atproto.repo.uploadBlob", "application/octet-stream", bytes)
            .obj("blob")
            .orElseThrow();
    owner.blobs().add(link(blob));
    return blob;
  }

  private static String link(Value.Obj blob) {
    return DataJson.toText(blob).replaceAll(".*\"\\$link\":\"(\\w+)\".*", "$1");
  }

  private static String json(String format, Object... arguments) {
    return format.replace('\'', '"').formatted(arguments);
  }

  /** What a day's upkeep does: packs are merged, snapshots taken. */
  private void keepHouse() throws Exception {
    try (OpenStores stores = OpenStores.embedded(config(directory), directory, true)) {
      stores.index().batchDelete(List.of(new Key("upkeep", "round")));
      assertThat(stores.services().keepHouse(100)).isFalse();
    }
  }
}

package dev.virga.bench.load;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MstBuilder;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** An account of the host under load, and the requests that its owner makes. */
record Account(String did, String token) {
  static final String POST = "app.bsky.feed.post";
  private static final String XRPC = "/xrpc/com.atproto.";
  private static final SecureRandom RANDOM = new SecureRandom();

  static Account create(Wire wire) throws IOException {
    String name = name();
    Value.Obj made =
        wire.post(
                XRPC + "server.createAccount",
                null,
                credentials(name).put("handle", name + ".test").build())
            .json();
    return of(made);
  }

  private static Account of(Value.Obj made) {
    return new Account(made.text("did").orElseThrow(), made.text("accessJwt").orElseThrow());
  }

  private static String name() {
    return "b" + Long.toString(RANDOM.nextLong() >>> 8, 36);
  }

  private static Value.Builder credentials(String name) {
    return Value.Obj.builder()
        .put("email", name + "@bench.test")
        .put("password", "a long password of " + name);
  }

  static Value.Obj post(int number) {
    String text = ("#" + number + " the quick brown fox jumps over a lazy dog ").repeat(4);
    return Value.Obj.builder()
        .put("$type", POST)
        .put("text", text.substring(0, 120))
        .put("createdAt", Instant.now().toString())
        .build();
  }

  void createRecord(Wire wire, int number) throws IOException {
    Value.Obj body = target().put("record", post(number)).build();
    wire.post(XRPC + "repo.createRecord", token, body);
  }

  void putRecord(Wire wire, String rkey, int number) throws IOException {
    Value.Obj body = target().put("rkey", rkey).put("record", post(number)).build();
    wire.post(XRPC + "repo.putRecord", token, body);
  }

  void deleteRecord(Wire wire, String rkey) throws IOException {
    wire.post(XRPC + "repo.deleteRecord", token, target().put("rkey", rkey).build());
  }

  private Value.Builder target() {
    return Value.Obj.builder().put("repo", did).put("collection", POST);
  }

  /** Creates posts in one commit; their record keys grow with their numbers. */
  List<String> create(Wire wire, int first, int count) throws IOException {
    List<Value> writes = new ArrayList<>(count);
    List<String> keys = new ArrayList<>(count);
    for (int i = first; i < first + count; i++) {
      String rkey = rkey(i);
      keys.add(rkey);
      writes.add(
          Value.Obj.builder()
              .put("$type", "com.atproto.repo.applyWrites#create")
              .put("collection", POST)
              .put("rkey", rkey)
              .put("value", post(i))
              .build());
    }
    Value.Obj body =
        Value.Obj.builder().put("repo", did).put("writes", new Value.Array(writes)).build();
    wire.post(XRPC + "repo.applyWrites", token, body);
    return keys;
  }

  static String rkey(int number) {
    return Tid.of(1_600_000_000_000_000L + number * 1_000L, 9).toString();
  }

  void getRecord(Wire wire, String rkey) throws IOException {
    wire.get(XRPC + "repo.getRecord?repo=" + did + "&collection=" + POST + "&rkey=" + rkey);
  }

  void proof(Wire wire, String rkey) throws IOException {
    wire.get(XRPC + "sync.getRecord?did=" + did + "&collection=" + POST + "&rkey=" + rkey);
  }

  void listRecords(Wire wire, String cursor) throws IOException {
    wire.get(
        XRPC
            + "repo.listRecords?limit=100&repo="
            + did
            + "&collection="
            + POST
            + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
  }

  void latestCommit(Wire wire) throws IOException {
    wire.get(XRPC + "sync.getLatestCommit?did=" + did);
  }

  int getRepo(Wire wire) throws IOException {
    return wire.get(XRPC + "sync.getRepo?did=" + did).body().length;
  }

  /** Uploads a blob and gives it a record, without which nobody can read it; answers its CID. */
  String blob(Wire wire, int size, int number) throws IOException {
    Value.Obj blob = upload(wire, size).obj("blob").orElseThrow();
    Value.Obj image = Value.Obj.builder().put("alt", "").put("image", blob).build();
    Value.Obj embed =
        Value.Obj.builder()
            .put("$type", "app.bsky.embed.images")
            .put("images", new Value.Array(List.of(image)))
            .build();
    Value.Obj body = target().put("record", post(number).with("embed", embed)).build();
    wire.post(XRPC + "repo.createRecord", token, body);
    return blob.link("ref").orElseThrow().toString();
  }

  Value.Obj upload(Wire wire, int size) throws IOException {
    byte[] bytes = new byte[size];
    RANDOM.nextBytes(bytes);
    return (Value.Obj)
        DataJson.parse(wire.post(XRPC + "repo.uploadBlob", token, "image/png", bytes).body());
  }

  void getBlob(Wire wire, String cid) throws IOException {
    wire.get(XRPC + "sync.getBlob?did=" + did + "&cid=" + cid);
  }

  /** Reads the whole repository without keeping it. */
  void drainRepo(Wire wire) throws IOException {
    wire.drain(XRPC + "sync.getRepo?did=" + did);
  }

  void importRepo(Wire wire, byte[] car) throws IOException {
    wire.post(XRPC + "repo.importRepo", token, "application/vnd.ipld.car", car);
  }

  /** An account that moves in from elsewhere, and the repository that it brings. */
  record Mover(Account account, byte[] car, PlcOperation.Update genesis, PrivateKey key) {
    /** Makes this server the account's own, as the last step of moving in. */
    void arrive(Wire wire) throws IOException {
      Value.Obj ours =
          wire.get(XRPC + "identity.getRecommendedDidCredentials", account.token).json();
      Value.Obj keys = ours.obj("verificationMethods").orElseThrow();
      Value.Obj pds = ours.obj("services").flatMap(all -> all.obj("atproto_pds")).orElseThrow();
      List<PublicKey> rotation = new ArrayList<>();
      for (Value their : ours.array("rotationKeys").orElseThrow()) {
        rotation.add(PublicKey.parseDidKey(((Value.Text) their).value()));
      }
      rotation.add(key.publicKey());
      PlcData data =
          genesis
              .data()
              .withSigningKey(PublicKey.parseDidKey(keys.text("atproto").orElseThrow()))
              .withPds(URI.create(pds.text("endpoint").orElseThrow()))
              .withRotationKeys(rotation);
      PlcOperation update = PlcOperation.update(genesis.cid(), data, key);
      wire.post("/" + account.did, null, update.toValue());
      wire.post(XRPC + "server.activateAccount", account.token, "", new byte[0]);
    }
  }

  /** Makes an identity and a repository of posts, and an account for them that is still empty. */
  static Mover moveIn(Wire wire, URI server, int posts) throws IOException {
    PrivateKey key = PrivateKey.generate(Curve.K256, RANDOM);
    String name = name();
    PlcData data =
        PlcData.ofAccount(
            Handle.parse(name + ".test"),
            key.publicKey(),
            URI.create("http://old.test"),
            List.of(key.publicKey()));
    PlcOperation.Update genesis = PlcOperation.genesis(data, key);
    Did did = genesis.did();
    wire.post("/" + did, null, genesis.toValue());
    Value.Obj about = wire.get(XRPC + "server.describeServer").json();
    Value.Obj body = credentials(name).put("handle", name + ".test").put("did", did.text()).build();
    String jwt = serviceToken(did, about.text("did").orElseThrow(), key);
    Account account = of(wire.post(XRPC + "server.createAccount", jwt, body).json());
    return new Mover(account, car(did, key, posts), genesis, key);
  }

  private static String serviceToken(Did issuer, String audience, PrivateKey key) {
    long now = Instant.now().getEpochSecond();
    Value.Obj claims =
        Value.Obj.builder()
            .put("iss", issuer.text())
            .put("aud", audience)
            .put("lxm", "com.atproto.server.createAccount")
            .put("iat", now)
            .put("exp", now + 60)
            .put("jti", name())
            .build();
    Value.Obj header =
        new Value.Obj(Map.of("typ", Value.of("JWT"), "alg", Value.of(Curve.K256.jwtAlgorithm())));
    String signed = base64(DataJson.toJson(header)) + "." + base64(DataJson.toJson(claims));
    return signed + "." + base64(key.sign(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] car(Did did, PrivateKey key, int posts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(posts * 400);
    List<Block> blocks = new ArrayList<>();
    MstBuilder tree = MstBuilder.to(blocks::add);
    for (int i = 0; i < posts; i++) {
      byte[] record = DagCbor.encode(post(i));
      Cid cid = Cid.ofDagCbor(record);
      blocks.add(new Block(cid, record));
      tree.add(POST + "/" + rkey(i), cid);
    }
    Tid rev = Tid.of(Instant.now().toEpochMilli() * 1_000, 3);
    Commit commit = Commit.sign(did, rev, tree.root(), key);
    try (OutputStream out = new BufferedOutputStream(all, 1 << 16)) {
      CarWriter car = new CarWriter(out, List.of(commit.cid()));
      car.write(commit.cid(), commit.encode());
      for (Block block : blocks) {
        car.write(block);
      }
    }
    return all.toByteArray();
  }
}

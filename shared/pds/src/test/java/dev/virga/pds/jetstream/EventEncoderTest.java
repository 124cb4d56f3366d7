package dev.virga.pds.jetstream;

import static dev.virga.pds.jetstream.JetstreamFixture.ALICE;
import static dev.virga.pds.jetstream.JetstreamFixture.BOB;
import static dev.virga.pds.jetstream.JetstreamFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.jetstream.JetstreamFixture.Doing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventEncoderTest {
  private static final Tid REV = Tid.parse("3mmoojp7vgo2g");

  private static List<String> encode(EventBody event) {
    byte[] blocks = event instanceof CommitEvent commit ? commit.blocks() : new byte[0];
    return EventEncoder.encode(1_779_719_009_132_431L, START, event, blocks).stream()
        .map(each -> JetstreamFixture.text(each.json()))
        .toList();
  }

  private static Doing doing(String action, String path, String json) {
    return new Doing(
        action, path, (Value.Obj) DataJson.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** The record, its CID and the shape of the event are of one that Jetstream itself sent. */
  @Test
  void aCommitLooksAsJetstreamSendsIt() {
    String record =
        """
        {"$type":"app.bsky.feed.like","createdAt":"2026-05-25T14:23:28.778Z",\
        "subject":{"cid":"bafyreiaxf7tgbfydx3465sckitq6v564thxe2wwydbi7cwxbxvgssje3em",\
        "uri":"at://did:plc:vfnmgxg2yscfliemmcxzyfyh/app.bsky.feed.post/3mmoodizfwc2j"}}\
        """;
    String event =
        encode(
                JetstreamFixture.commit(
                    BOB, REV, doing("create", "app.bsky.feed.like/3mmoojp7etg2g", record)))
            .getFirst();
    assertThat(JetstreamFixture.json(event))
        .isEqualTo(
            JetstreamFixture.json(
                """
                {"did":"did:plc:ewvi7nxzyoun6zhxrhs64oiz","time_us":1779719009132431,"kind":"commit",
                 "commit":{"rev":"3mmoojp7vgo2g","operation":"create",
                  "collection":"app.bsky.feed.like","rkey":"3mmoojp7etg2g","record":%s,
                  "cid":"bafyreidqpc7si3dbimffi64lz3xsx2qt45ip7rpna2qpslcddp23itjjzm"}}
                """
                    .formatted(record)));
    assertThat(event)
        .startsWith(
            """
            {"did":"did:plc:ewvi7nxzyoun6zhxrhs64oiz","time_us":1779719009132431,"kind":"commit",\
            "commit":{"rev":"3mmoojp7vgo2g","operation":"create","collection":"app.bsky.feed.like",\
            "rkey":"3mmoojp7etg2g","record":{\
            """);
  }

  @Test
  void linksAndBytesHaveTheirFormOfTheDataModel() {
    String record =
        """
        {"$type":"com.example.file","data":{"$bytes":"AQID"},"blob":{"$type":"blob",\
        "mimeType":"image/jpeg","ref":{"$link":"bafkreieajxclqzwk2mczx7hxmoboqpuiveqlbm35gsda5xlaqfmlryu4ri"},\
        "size":720303},"text":"🔞 „quoted\\" \\\\ line\\n","none":null,"list":[1,-2,true]}\
        """;
    String event =
        encode(JetstreamFixture.commit(ALICE, REV, doing("update", "com.example.file/a", record)))
            .getFirst();
    Value.Obj commit = JetstreamFixture.json(event).obj("commit").orElseThrow();
    assertThat(commit.obj("record")).contains(JetstreamFixture.json(record));
    assertThat(commit.text("operation")).contains("update");
    assertThat(commit.text("cid"))
        .contains(Cid.ofDagCbor(DagCbor.encode(JetstreamFixture.json(record))).toString());
  }

  @Test
  void aDeletionHasNeitherRecordNorCid() {
    assertThat(encode(JetstreamFixture.commit(ALICE, REV, Doing.delete("com.example.note/3mmo"))))
        .containsExactly(
            """
            {"did":"did:web:alice.example.com","time_us":1779719009132431,"kind":"commit",\
            "commit":{"rev":"3mmoojp7vgo2g","operation":"delete","collection":"com.example.note",\
            "rkey":"3mmo"}}\
            """);
  }

  @Test
  void anIdentityLooksAsJetstreamSendsIt() {
    assertThat(encode(new IdentityEvent(ALICE, Handle.parse("alice.example.com"))))
        .containsExactly(
            """
            {"did":"did:web:alice.example.com","time_us":1779719009132431,"kind":"identity",\
            "identity":{"did":"did:web:alice.example.com","handle":"alice.example.com",\
            "seq":1779719009132431,"time":"2026-01-01T00:00:00.000Z"}}\
            """);
    assertThat(encode(new IdentityEvent(ALICE, null)).getFirst()).doesNotContain("handle");
  }

  @Test
  void anAccountLooksAsJetstreamSendsIt() {
    assertThat(encode(AccountEvent.inactive(ALICE, AccountEvent.TAKENDOWN)))
        .containsExactly(
            """
            {"did":"did:web:alice.example.com","time_us":1779719009132431,"kind":"account",\
            "account":{"active":false,"did":"did:web:alice.example.com","status":"takendown",\
            "seq":1779719009132431,"time":"2026-01-01T00:00:00.000Z"}}\
            """);
    assertThat(encode(AccountEvent.active(ALICE)).getFirst()).doesNotContain("status");
  }

  @Test
  void eachOperationMakesAnEventAndASyncNone() {
    CommitEvent commit =
        JetstreamFixture.commit(
            ALICE,
            REV,
            Doing.create("com.example.a/1", "one"),
            Doing.delete("com.example.b/2"),
            Doing.create("com.example.a/3", "one"));
    assertThat(encode(commit)).hasSize(3).allMatch(event -> event.contains("1779719009132431"));
    assertThat(EventEncoder.topics(commit))
        .containsExactly(
            new Topic(ALICE, "com.example.a"),
            new Topic(ALICE, "com.example.b"),
            new Topic(ALICE, "com.example.a"));
    SyncEvent sync = new SyncEvent(ALICE, REV, new byte[0]);
    assertThat(encode(sync)).isEmpty();
    assertThat(EventEncoder.topics(sync)).isEmpty();
  }
}

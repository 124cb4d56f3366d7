package dev.virga.functions.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.moderation.ModerationFixture;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubjectMethodsTest {
  private static final String METHOD = "com.atproto.admin.updateSubjectStatus";
  private static final String NOBODY = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";
  private static final String TAKEDOWN = ",\"takedown\":{\"applied\":true,\"ref\":\"case-1\"}";
  private static final String REVERSAL = ",\"takedown\":{\"applied\":false}";

  private final AdminServer server = new AdminServer();
  private final AccountFixture pds = server.pds;
  private final ModerationFixture moderation = server.moderation;
  private final Did alice = pds.account("alice").did();
  private final String account = account(alice.text());

  private static String account(String did) {
    return "{\"$type\":\"com.atproto.admin.defs#repoRef\",\"did\":\"%s\"}".formatted(did);
  }

  private static String record(String uri) {
    return "{\"$type\":\"com.atproto.repo.strongRef\",\"uri\":\"%s\",\"cid\":\"%s\"}"
        .formatted(uri, CID);
  }

  private static String blob(Did did, String cid) {
    return "{\"$type\":\"com.atproto.admin.defs#repoBlobRef\",\"did\":\"%s\",\"cid\":\"%s\"}"
        .formatted(did, cid);
  }

  private Answer update(String subject, String decisions) {
    return update(subject, decisions, AdminServer.ADMIN);
  }

  private Answer update(String subject, String decisions, @Nullable String authorization) {
    return server.server.post(METHOD, "{\"subject\":" + subject + decisions + "}", authorization);
  }

  private Answer status(String query) {
    return server.get("getSubjectStatus", query);
  }

  private static String json(Answer answer, String name) {
    return DataJson.toText(answer.json().get(name).orElseThrow());
  }

  private static void assertHidden(Answer answer) {
    assertThat(json(answer, "takedown")).contains("\"applied\":true").contains("case-1");
  }

  @Test
  void anAccountIsTakenDownAndGivenBack() {
    Answer taken = update(account, TAKEDOWN, server.moderator(METHOD));

    assertHidden(taken);
    assertThat(taken.json().obj("subject").orElseThrow().text("did")).contains(alice.text());
    Answer status = status("did=" + alice);
    assertHidden(status);
    assertThat(json(status, "deactivated")).isEqualTo("{\"applied\":false}");
    assertThat(
            server
                .server
                .post(
                    "com.atproto.server.createSession",
                    "{\"identifier\":\"alice.pds.test\",\"password\":\"%s\"}"
                        .formatted(AccountFixture.PASSWORD),
                    null)
                .error())
        .isEqualTo("401 AccountTakedown");
    assertThat(update(account, REVERSAL).error()).isEqualTo("ok");
    assertThat(json(status("did=" + alice), "takedown")).isEqualTo("{\"applied\":false}");
    assertThat(pds.read("alice").status()).isEqualTo(new AccountStatus.Active());
    assertThat(pds.events(alice)).endsWith("#account takendown", "#account active");
  }

  @Test
  void anAccountIsDeactivatedAndActivated() {
    assertThat(update(account, ",\"deactivated\":{\"applied\":true}").error()).isEqualTo("ok");
    assertThat(json(status("did=" + alice), "deactivated")).isEqualTo("{\"applied\":true}");
    assertThat(update(account, ",\"deactivated\":{\"applied\":false}").error()).isEqualTo("ok");
    assertThat(pds.read("alice").status()).isEqualTo(new AccountStatus.Active());
  }

  @Test
  void withoutADecisionTheStatusIsAnnouncedAgain() {
    assertThat(update(account, "").error()).isEqualTo("ok");

    assertThat(pds.events(alice)).hasSize(5).endsWith("#account active");
  }

  @Test
  void aRecordIsTakenDownByItsUri() {
    moderation.write(alice, "one", "hello");
    String uri = "at://" + alice + "/com.example.note/one";

    assertHidden(update(record(uri), TAKEDOWN));

    Answer status = status("uri=" + uri);
    assertHidden(status);
    assertThat(status.json().obj("subject").orElseThrow().text("cid"))
        .contains(ModerationFixture.note("hello").cid().toString());
    assertThat(status.json().has("deactivated")).isFalse();
    assertThat(update(record("at://alice.pds.test/com.example.note/one"), REVERSAL).error())
        .isEqualTo("ok");
    assertThat(json(status("uri=" + uri), "takedown")).isEqualTo("{\"applied\":false}");
  }

  @Test
  void aBlobIsTakenDown() {
    BlobRef picture = moderation.upload(alice, "picture");
    String query = "did=" + alice + "&blob=" + picture.cid();

    assertHidden(update(blob(alice, picture.cid().toString()), TAKEDOWN));

    assertHidden(status(query));
    assertThat(pds.objects.names()).anyMatch(name -> name.startsWith("quarantine/"));
    assertThat(update(blob(alice, picture.cid().toString()), REVERSAL).error()).isEqualTo("ok");
    assertThat(json(status(query), "takedown")).isEqualTo("{\"applied\":false}");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    List<String> subjects =
        List.of(
            account(NOBODY),
            record("at://" + alice + "/com.example.note/none"),
            record("at://nobody.pds.test/com.example.note/none"),
            blob(alice, CID.replace("bafyrei", "bafkrei")));
    for (String subject : subjects) {
      assertThat(update(subject, TAKEDOWN).error()).isEqualTo("400 NotFound");
    }
    assertThat(status("did=" + NOBODY).error()).isEqualTo("400 NotFound");
    assertThat(status("uri=at://" + alice + "/com.example.note/none").error())
        .isEqualTo("400 NotFound");
    assertThat(status("did=" + alice + "&blob=" + CID).error()).isEqualTo("400 NotFound");
  }

  @Test
  void contradictionsAndNonsenseAreRefused() {
    List<Answer> answers =
        List.of(
            update(account, TAKEDOWN + ",\"deactivated\":{\"applied\":false}"),
            update(
                account, ",\"takedown\":{\"applied\":true,\"ref\":\"" + "x".repeat(2_000) + "\"}"),
            update(account, ",\"takedown\":{}"),
            update("{\"$type\":\"com.example.other\"}", TAKEDOWN),
            update("{\"did\":\"" + alice + "\"}", TAKEDOWN),
            update(record("at://" + alice), TAKEDOWN),
            update(record("at://" + alice + "/com.example.note"), TAKEDOWN),
            status(""),
            status("blob=" + CID),
            status("uri=at://" + alice),
            status("did=nonsense"));

    assertThat(answers).extracting(Answer::error).containsOnly("400 InvalidRequest");
    assertThat(pds.read("alice").status()).isEqualTo(new AccountStatus.Active());
  }
}

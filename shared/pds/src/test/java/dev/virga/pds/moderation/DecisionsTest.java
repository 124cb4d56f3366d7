package dev.virga.pds.moderation;

import static dev.virga.pds.moderation.ModerationFixture.note;
import static dev.virga.pds.moderation.ModerationFixture.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.blob.StoredBlob;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.RepoRecord;
import dev.virga.pds.repo.RepoState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final Decision TAKEDOWN = decision(true, "ref-1", null);
  private static final Decision REVERSAL = decision(false, null, null);
  private static final Decision NOTHING = decision(null, null, null);

  private final ModerationFixture server = new ModerationFixture();
  private final Did alice = server.pds.account("alice").did();
  private final Subject account = new Subject.OfAccount(alice);
  private final Subject record = new Subject.OfRecord(alice, path("one"));

  private static Decision decision(
      @Nullable Boolean takedown, @Nullable String ref, @Nullable Boolean deactivated) {
    return new Decision(
        Optional.ofNullable(takedown), Optional.ofNullable(ref), Optional.ofNullable(deactivated));
  }

  private void decide(Subject subject, Decision decision) {
    server.decisions.carryOut(subject, decision);
  }

  private SubjectStatus status(Subject subject) {
    return server.decisions.status(subject);
  }

  private AccountStatus accountStatus() {
    return server.pds.read("alice").status();
  }

  private List<String> newEvents() {
    List<String> all = server.pds.events(alice);
    return all.subList(4, all.size());
  }

  private static void assertRefused(String error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void anAccountIsTakenDownAndGivenBack() {
    decide(account, TAKEDOWN);

    assertThat(status(account))
        .isEqualTo(new SubjectStatus(Optional.of("ref-1"), Optional.of(false), Optional.empty()));
    assertThat(server.pds.heads.find(alice).orElseThrow().state()).isEqualTo(RepoState.TAKENDOWN);
    assertRefused("AccountTakedown", () -> server.write(alice, "x", "no"));
    decide(account, REVERSAL);
    assertThat(accountStatus()).isEqualTo(new AccountStatus.Active());
    server.write(alice, "x", "yes");
    assertThat(newEvents())
        .containsExactlyInAnyOrder("#account takendown", "#account active", "#commit");
  }

  @Test
  void anAccountIsSwitchedOffAndOn() {
    decide(account, decision(null, null, true));
    AccountStatus off = accountStatus();
    server.pds.clock.advance(Duration.ofDays(1));
    decide(account, decision(null, null, true));

    assertThat(accountStatus()).isEqualTo(off).isInstanceOf(AccountStatus.Deactivated.class);
    assertThat(status(account).deactivated()).contains(true);
    decide(account, decision(null, null, false));
    assertThat(accountStatus()).isEqualTo(new AccountStatus.Active());
    assertThat(newEvents())
        .containsExactly(
            "#account deactivated",
            "#account deactivated",
            "#account active",
            "#identity",
            "#sync");
  }

  @Test
  void whatTheOwnerDecidedOutlastsATakedown() {
    decide(account, decision(true, "ref-1", true));
    decide(account, NOTHING);
    assertThat(status(account).takedown()).contains("ref-1");
    decide(account, REVERSAL);

    assertThat(accountStatus()).isInstanceOf(AccountStatus.Deactivated.class);
    assertThat(newEvents())
        .containsExactly("#account takendown", "#account takendown", "#account deactivated");
  }

  @Test
  void aReversalLeavesASuspensionAlone() {
    server.pds.changes.moderate(alice, s -> new AccountStatus.Suspended("s", s.own()));

    decide(account, REVERSAL);

    assertThat(accountStatus()).isInstanceOf(AccountStatus.Suspended.class);
  }

  @Test
  void aDecisionOfNothingAnnouncesTheStatusAgain() {
    decide(account, NOTHING);

    assertThat(newEvents()).containsExactly("#account active");
  }

  @Test
  void aTakedownWithoutAReferenceGetsTheTime() {
    decide(account, decision(true, null, null));

    assertThat(status(account).takedown()).contains("2026-03-01T12:00:00Z");
  }

  @Test
  void aTakenDownRecordIsHiddenButStaysInTheTree() {
    server.write(alice, "one", "first");
    server.write(alice, "two", "second");
    decide(record, TAKEDOWN);

    assertThat(status(record).takedown()).contains("ref-1");
    assertThat(status(record).cid()).contains(note("first").cid());
    assertThat(server.reader.record(alice, path("one")).map(RepoRecord::takendown)).contains(true);
    assertThat(records()).containsExactly("two");
    decide(record, REVERSAL);
    assertThat(records()).containsExactly("one", "two");
    assertThat(status(record).takedown()).isEmpty();
  }

  private List<String> records() {
    return server.reader.records(alice, Nsid.parse("com.example.note"), 10, null, true).stream()
        .map(RepoRecord::rkey)
        .toList();
  }

  @Test
  void aTakenDownRecordStaysHiddenWhenItIsChanged() {
    server.write(alice, "one", "first");
    decide(record, TAKEDOWN);

    server.commit(alice, new RecordIntent.Update(path("one"), note("changed")));

    assertThat(status(record))
        .isEqualTo(
            new SubjectStatus(
                Optional.of("ref-1"), Optional.empty(), Optional.of(note("changed").cid())));
  }

  @Test
  void aTakenDownBlobIsNeitherReadNorReferredToNorUploadedAgain() {
    BlobRef picture = server.upload(alice, "picture");
    server.write(alice, "one", "look", picture);
    Subject blob = new Subject.OfBlob(alice, picture.cid());
    decide(blob, TAKEDOWN);

    StoredBlob hidden = server.blobs.find(alice, picture.cid()).orElseThrow();
    assertThat(hidden.takedown()).contains("ref-1");
    assertThat(hidden.object()).startsWith("quarantine/" + alice + "/");
    assertThat(server.pds.objects.names()).noneMatch(name -> name.startsWith("blobs/"));
    assertRefused("BlobTakendown", () -> server.upload(alice, "picture"));
    assertRefused("BlobNotFound", () -> server.write(alice, "two", "again", picture));
    decide(blob, REVERSAL);
    StoredBlob shown = server.blobs.find(alice, picture.cid()).orElseThrow();
    assertThat(shown.takedown()).isEmpty();
    assertThat(server.pds.objects.get(shown.object()))
        .contains("picture".getBytes(StandardCharsets.UTF_8));
    assertThat(server.pds.objects.names()).noneMatch(name -> name.startsWith("quarantine/"));
    server.write(alice, "two", "again", picture);
  }

  @Test
  void whatIsNotThereCannotBeDecidedAbout() {
    Subject nobody = new Subject.OfAccount(Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"));
    Subject blob = new Subject.OfBlob(alice, Cid.ofRaw("nothing".getBytes(StandardCharsets.UTF_8)));

    for (Subject missing : List.of(nobody, record, blob)) {
      for (Decision decision : List.of(TAKEDOWN, REVERSAL, NOTHING)) {
        assertRefused("NotFound", () -> decide(missing, decision));
      }
      assertRefused("NotFound", () -> status(missing));
    }
  }

  @Test
  void contradictionsAreRefused() {
    server.write(alice, "one", "first");
    assertRefused("InvalidRequest", () -> decision(true, null, false));
    assertRefused("InvalidRequest", () -> decision(true, "x".repeat(1_001), null));
    assertRefused("InvalidRequest", () -> decide(record, decision(null, null, true)));
  }
}

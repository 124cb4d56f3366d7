package dev.virga.pds.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.MemoryIndex;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final Did BOB = Did.parse("did:plc:bob");

  private final FakeClock clock = new FakeClock();
  private final MemoryIndex index = new MemoryIndex();
  private final SessionTokens tokens =
      new SessionTokens(clock, new byte[] {1, 2, 3}, Did.parse("did:web:pds.test"));
  private final Sessions sessions = new Sessions(index, tokens, clock, new SeededRandom(2));

  @Test
  void aSessionCanBeRefreshedAgainAndAgain() throws Exception {
    Sessions.Pair pair = open(ALICE, SessionScope.APP_PASSWORD, "phone");

    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofDays(80));
      pair = refresh(pair);
    }

    assertThat(tokens.verifyAccess(pair.accessJwt()))
        .isEqualTo(new Credentials.Session(ALICE, SessionScope.APP_PASSWORD));
  }

  @Test
  void aSessionNotYetWrittenCannotBeRefreshed() {
    Sessions.Pair pair = sessions.open(ALICE, SessionScope.ACCESS, null).tokens();

    assertRevoked(pair);
  }

  @Test
  void aUsedTokenGivesTheSameSuccessorForTwoHours() throws Exception {
    Sessions.Pair first = open(ALICE, SessionScope.ACCESS, null);
    String next = id(refresh(first));

    clock.advance(Duration.ofHours(2).minusSeconds(1));
    assertThat(id(refresh(first))).isEqualTo(next).isNotEqualTo(id(first));
    clock.advance(Duration.ofSeconds(1));
    assertRevoked(first);
  }

  @Test
  void theGraceNeverProlongsALife() throws Exception {
    Sessions.Pair first = open(ALICE, SessionScope.ACCESS, null);
    clock.advance(Duration.ofDays(90).minusHours(1));
    refresh(first);

    clock.advance(Duration.ofHours(1));

    assertThatThrownBy(() -> tokens.verifyRefresh(first.refreshJwt(), false))
        .isInstanceOf(XrpcException.class);
  }

  @Test
  void theSuccessorsLifeCountsFromItsFirstIssue() throws Exception {
    Sessions.Pair first = open(ALICE, SessionScope.ACCESS, null);
    Sessions.Pair second = refresh(first);
    clock.advance(Duration.ofHours(1));
    Sessions.Pair again = refresh(first);

    assertThat(tokens.verifyRefresh(again.refreshJwt(), false).expires())
        .isEqualTo(tokens.verifyRefresh(second.refreshJwt(), false).expires());
  }

  @Test
  void endingTheSuccessorEndsTheOneInGraceToo() throws Exception {
    Sessions.Pair first = open(ALICE, SessionScope.ACCESS, null);
    Sessions.Pair second = refresh(first);

    sessions.end(ALICE, id(second));

    assertRevoked(first);
    assertRevoked(second);
  }

  @Test
  void endingAllLeavesOtherAccountsAlone() throws Exception {
    Sessions.Pair first = open(ALICE, SessionScope.ACCESS, null);
    Sessions.Pair other = open(ALICE, SessionScope.ACCESS, null);
    Sessions.Pair bobs = open(BOB, SessionScope.ACCESS, null);
    Sessions.Pair refreshed = refresh(first);

    sessions.endAll(ALICE);

    assertRevoked(first);
    assertRevoked(other);
    assertRevoked(refreshed);
    assertThat(refresh(bobs)).isNotNull();
    assertThat(index.entries()).allMatch(entry -> entry.key().partition().equals(BOB.text()));
  }

  @Test
  void endingAnAppPasswordsSessionsLeavesOthersAlone() throws Exception {
    Sessions.Pair own = open(ALICE, SessionScope.ACCESS, null);
    Sessions.Pair phone = open(ALICE, SessionScope.APP_PASSWORD, "phone");
    Sessions.Pair tablet = open(ALICE, SessionScope.APP_PASSWORD, "tablet");

    sessions.endAll(ALICE, "phone");

    assertRevoked(phone);
    assertThat(refresh(own)).isNotNull();
    assertThat(refresh(tablet)).isNotNull();
  }

  @Test
  void manySessionsEndAtOnce() throws Exception {
    for (int i = 0; i < 250; i++) {
      open(ALICE, SessionScope.ACCESS, null);
    }

    sessions.endAll(ALICE);

    assertThat(index.entries()).isEmpty();
  }

  @Test
  void anUnrecordedSessionHasNoRefresh() {
    Sessions.Pair pair = sessions.unrecorded(ALICE, SessionScope.TAKENDOWN);

    assertThat(tokens.verifyAccess(pair.accessJwt()).scope()).isEqualTo(SessionScope.TAKENDOWN);
    assertRevoked(pair);
  }

  @Test
  void itemsAreForgottenWhenTheirTimeIsOver() throws Exception {
    Sessions.Pair first = open(ALICE, SessionScope.ACCESS, null);
    refresh(first);

    clock.advance(Duration.ofHours(3));
    index.sweep(clock.instant());

    assertThat(index.entries()).hasSize(1);
  }

  private Sessions.Pair open(Did did, SessionScope scope, @Nullable String app) throws Exception {
    Sessions.Opening opening = sessions.open(did, scope, app);
    index.transact(List.of(opening.write()));
    return opening.tokens();
  }

  private Sessions.Pair refresh(Sessions.Pair pair) {
    return sessions.refresh(tokens.verifyRefresh(pair.refreshJwt(), false));
  }

  private String id(Sessions.Pair pair) {
    return tokens.verifyRefresh(pair.refreshJwt(), true).tokenId();
  }

  private void assertRevoked(Sessions.Pair pair) {
    assertThatThrownBy(() -> sessions.refresh(tokens.verifyRefresh(pair.refreshJwt(), true)))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("ExpiredToken"));
  }
}

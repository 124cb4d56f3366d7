package dev.virga.pds.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppPasswordsTest {
  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final Did BOB = Did.parse("did:plc:bob");

  private final FakeClock clock = new FakeClock();
  private final MemoryIndex index = new MemoryIndex();
  private final SessionTokens tokens =
      new SessionTokens(clock, new byte[] {1}, Did.parse("did:web:pds.test"));
  private final Sessions sessions = new Sessions(index, tokens, clock, new SeededRandom(3));
  private final AppPasswords passwords =
      new AppPasswords(index, sessions, clock, new SeededRandom(4));

  @Test
  void aSecretFindsItsPassword() {
    AppPasswords.Created made = passwords.create(ALICE, "phone", true);
    passwords.create(ALICE, "tablet", false);

    assertThat(made.secret()).matches("[a-z2-7]{4}(-[a-z2-7]{4}){3}");
    assertThat(passwords.find(ALICE, made.secret())).contains(made.appPassword());
    assertThat(made.appPassword().scope()).isEqualTo(SessionScope.APP_PASSWORD_PRIVILEGED);
    assertThat(passwords.find(BOB, made.secret())).isEmpty();
    assertThat(passwords.find(ALICE, made.secret() + "x")).isEmpty();
  }

  @Test
  void theSecretIsNotStored() {
    String secret = passwords.create(ALICE, "phone", false).secret();

    assertThat(index.entries().toString()).doesNotContain(secret);
  }

  @Test
  void listsThemByName() {
    passwords.create(ALICE, "tablet", false);
    passwords.create(ALICE, "phone", true);
    passwords.create(BOB, "other", true);

    assertThat(passwords.list(ALICE))
        .containsExactly(
            new AppPassword("phone", true, clock.instant()),
            new AppPassword("tablet", false, clock.instant()));
  }

  @Test
  void refusesASecondOneOfAName() {
    passwords.create(ALICE, "phone", false);

    assertRefused("phone");
    passwords.create(BOB, "phone", false);
  }

  @Test
  void refusesImpossibleNames() {
    assertRefused("");
    assertRefused(" ");
    assertRefused("x".repeat(201));
  }

  @Test
  void refusesTooMany() {
    for (int i = 0; i < AppPasswords.MAX_PER_ACCOUNT; i++) {
      passwords.create(ALICE, "n" + i, false);
    }

    assertRefused("one more");
  }

  @Test
  void revokingEndsItsSessions() throws Exception {
    passwords.create(ALICE, "phone", false);
    Sessions.Opening opening = sessions.open(ALICE, SessionScope.APP_PASSWORD, "phone");
    index.transact(List.of(opening.write(), AppPasswords.check(ALICE, "phone")));

    passwords.revoke(ALICE, "phone");
    passwords.revoke(ALICE, "never there");

    assertThat(index.entries()).isEmpty();
    assertThat(passwords.list(ALICE)).isEmpty();
  }

  @Test
  void aRevokedOneOpensNoMoreSessions() {
    passwords.create(ALICE, "phone", false);
    Write check = AppPasswords.check(ALICE, "phone");
    passwords.revoke(ALICE, "phone");

    assertThatThrownBy(() -> index.transact(List.of(check)))
        .isInstanceOf(ConditionFailedException.class);
  }

  private void assertRefused(String name) {
    assertThatThrownBy(() -> passwords.create(ALICE, name, false))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("InvalidRequest"));
  }
}

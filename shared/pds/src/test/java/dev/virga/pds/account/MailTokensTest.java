package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.XrpcException;
import dev.virga.pds.account.MailTokens.Purpose;
import dev.virga.pds.store.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MailTokensTest {
  private final AccountFixture pds = new AccountFixture();
  private final Account alice = pds.account("alice");

  private List<Entry> stored() {
    return pds.memory.entries().stream()
        .filter(entry -> entry.key().toString().contains("mailtoken#"))
        .toList();
  }

  static void refused(String error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.status() + " " + e.error()).isEqualTo(error));
  }

  @Test
  void aTokenIsTenDigitsAndGoodOnce() {
    String token = pds.mailTokens.create(alice, Purpose.PLC_OPERATION);

    assertThat(token).matches("[A-Z2-7]{5}-[A-Z2-7]{5}");
    pds.mailTokens.require(alice, Purpose.PLC_OPERATION, token);
    pds.mailTokens.spend(alice, Purpose.PLC_OPERATION, token);
    refused("400 InvalidToken", () -> pds.mailTokens.spend(alice, Purpose.PLC_OPERATION, token));
    assertThat(stored()).isEmpty();
  }

  @Test
  void caseAndSpaceAroundItDoNotMatter() {
    String token = pds.mailTokens.create(alice, Purpose.PLC_OPERATION);

    pds.mailTokens.require(
        alice, Purpose.PLC_OPERATION, "  " + token.toLowerCase(Locale.ROOT) + "\n");
    refused(
        "400 InvalidToken",
        () -> pds.mailTokens.require(alice, Purpose.PLC_OPERATION, token.replace("-", "")));
  }

  @Test
  void anythingElseIsNoToken() {
    pds.mailTokens.create(alice, Purpose.PLC_OPERATION);

    for (String token : List.of("", "AAAAA-AAAAA", "-", "\0", "A".repeat(1_000_000))) {
      refused(
          "400 InvalidToken", () -> pds.mailTokens.require(alice, Purpose.PLC_OPERATION, token));
      refused("400 InvalidToken", () -> pds.mailTokens.resetting(token));
    }
  }

  @Test
  void aTokenExpiresAfterAQuarterOfAnHourAndSaysSo() {
    String token = pds.mailTokens.create(alice, Purpose.DELETE_ACCOUNT);
    pds.clock.advance(MailTokens.LIFE.minusMillis(1));
    pds.mailTokens.require(alice, Purpose.DELETE_ACCOUNT, token);

    pds.clock.advance(Duration.ofMillis(1));

    refused("400 ExpiredToken", () -> pds.mailTokens.require(alice, Purpose.DELETE_ACCOUNT, token));
    refused(
        "400 InvalidToken",
        () -> pds.mailTokens.require(alice, Purpose.DELETE_ACCOUNT, "AAAAA-AAAAA"));
  }

  @Test
  void aTokenIsForOnePurposeAndOneAccount() {
    Account bob = pds.account("bob");
    String token = pds.mailTokens.create(alice, Purpose.CONFIRM_EMAIL);

    for (Purpose other : Purpose.values()) {
      if (other != Purpose.CONFIRM_EMAIL) {
        refused("400 InvalidToken", () -> pds.mailTokens.require(alice, other, token));
      }
      pds.mailTokens.create(bob, other);
      refused("400 InvalidToken", () -> pds.mailTokens.require(bob, other, token));
    }
    refused("400 InvalidToken", () -> pds.mailTokens.resetting(token));
  }

  @Test
  void aNewTokenTakesThePlaceOfTheOld() {
    for (Purpose purpose : Purpose.values()) {
      String old = pds.mailTokens.create(alice, purpose);
      String fresh = pds.mailTokens.create(alice, purpose);

      refused("400 InvalidToken", () -> pds.mailTokens.require(alice, purpose, old));
      pds.mailTokens.require(alice, purpose, fresh);
    }
    // One each, and one claim.
    assertThat(stored()).hasSize(Purpose.values().length + 1);
  }

  @Test
  void aTokenIsNoGoodOnceTheAddressChanged() {
    String token = pds.mailTokens.create(alice, Purpose.CONFIRM_EMAIL);
    Account moved = pds.emailChanges.change(alice.did(), EmailAddress.parse("new@example.org"));

    refused("400 InvalidToken", () -> pds.mailTokens.require(moved, Purpose.CONFIRM_EMAIL, token));
  }

  @Test
  void nothingStoredTellsTheToken() {
    String token = pds.mailTokens.create(alice, Purpose.RESET_PASSWORD);

    assertThat(stored()).hasSize(2);
    assertThat(stored().toString()).doesNotContain(token).contains(alice.did().text());
  }

  @Test
  void aTokenToResetAPasswordIsFoundAlone() {
    String token = pds.mailTokens.create(alice, Purpose.RESET_PASSWORD);

    assertThat(pds.mailTokens.resetting(token)).isEqualTo(alice.did());
    pds.mailTokens.spend(alice, Purpose.RESET_PASSWORD, token);

    refused("400 InvalidToken", () -> pds.mailTokens.resetting(token));
    assertThat(stored()).isEmpty();
  }

  @Test
  void theClaimOfAResetIsKnownFromItsToken() {
    for (Purpose purpose : Purpose.values()) {
      pds.mailTokens.create(alice, purpose);
    }

    assertThat(pds.memory.entries().stream().flatMap(e -> MailTokens.claimOf(e).stream()))
        .hasSize(1)
        .allSatisfy(key -> assertThat(pds.index.get(key)).isPresent());
  }
}

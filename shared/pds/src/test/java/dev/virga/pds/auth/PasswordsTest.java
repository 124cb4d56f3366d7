package dev.virga.pds.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.SeededRandom;
import dev.virga.pds.XrpcException;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  /** Made by Node's own scrypt in the way of the reference. */
  private static final String SCRYPT =
      "00112233445566778899aabbccddeeff:3e19ebeabf15ad17c24de695284e79441c0d80c6d98b95a3c052c58a0d"
          + "57b09f83b0742a5805af28a0b5bbcf673af62819b91eb830a104fb0bb42def767f52aa";

  private final Passwords passwords = new Passwords(new SeededRandom(1), 8, 2);

  @Test
  void hashesVerifyTheirPasswordOnly() {
    String hash = passwords.hash("päßwörd 1");

    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").hasSizeLessThan(110);
    assertThat(passwords.verify("päßwörd 1", hash)).isTrue();
    assertThat(passwords.verify("päßwörd 2", hash)).isFalse();
    assertThat(passwords.verify("", hash)).isFalse();
    assertThat(passwords.isOutdated(hash)).isFalse();
  }

  @Test
  void saltsDifferFromHashToHash() {
    assertThat(passwords.hash("the same one")).isNotEqualTo(passwords.hash("the same one"));
  }

  /**
   * RFC 9106 has no vector without secret and data; this one is of the reference implementation.
   */
  @Test
  void verifiesAHashOfAnotherImplementation() {
    String known =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    assertThat(passwords.verify("password", known)).isTrue();
    assertThat(passwords.verify("passwort", known)).isFalse();
    assertThat(passwords.isOutdated(known)).isTrue();
  }

  @Test
  void verifiesHashesOfTheReference() {
    assertThat(passwords.verify("correct horse", SCRYPT)).isTrue();
    assertThat(passwords.verify("correct horsf", SCRYPT)).isFalse();
    assertThat(passwords.isOutdated(SCRYPT)).isTrue();
  }

  @Test
  void refusesOverlongPasswordsUnseen() {
    String stored = passwords.hash("x".repeat(513));

    assertThat(passwords.verify("x".repeat(513), stored)).isFalse();
    assertThat(passwords.verifyNobody("x".repeat(513))).isFalse();
  }

  @Test
  void verifiesNobodyAsNever() {
    assertThat(passwords.verifyNobody("anything")).isFalse();
  }

  @Test
  void demandsAMinimumAndAMaximumOfNewPasswords() {
    passwords.requireAcceptable("12345678");
    passwords.requireAcceptable("x".repeat(256));

    assertUnacceptable("", "InvalidPassword");
    assertUnacceptable("1234567", "InvalidPassword");
    assertUnacceptable("x".repeat(257), "InvalidRequest");
  }

  private void assertUnacceptable(String password, String error) {
    assertThatThrownBy(() -> passwords.requireAcceptable(password))
        .isInstanceOf(XrpcException.class)
        .extracting(e -> ((XrpcException) e).error())
        .isEqualTo(error);
  }

  @Test
  void countsCharactersAsPeopleDo() {
    assertThatThrownBy(() -> passwords.requireAcceptable("\uD83D\uDE00".repeat(7)))
        .isInstanceOf(XrpcException.class);
  }

  @Test
  void damagedHashesAreNotWrongPasswords() {
    assertThatThrownBy(() -> passwords.verify("x", "plain text"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                passwords.verify(
                    "x", "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$" + "A".repeat(43)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

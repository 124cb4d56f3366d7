package dev.virga.pds.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Value;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTest {
  private static final Set<String> HS256 = Set.of("HS256");

  /** RFC 7515 appendix A.1: header with a line break, key of 64 bytes. */
  private static final String RFC_TOKEN =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
          + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
          + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  private static final String RFC_KEY =
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

  @Test
  void readsTheExampleOfTheSpecification() throws Exception {
    Jwt jwt = Jwt.parse(RFC_TOKEN, HS256);

    assertThat(jwt.type()).isEqualTo("jwt");
    assertThat(jwt.text("iss")).contains("joe");
    assertThat(jwt.instant("exp"))
        .hasValueSatisfying(at -> assertThat(at.getEpochSecond()).isEqualTo(1_300_819_380));
    HmacKey key = new HmacKey(Base64.getUrlDecoder().decode(RFC_KEY));
    assertThat(key.verify(jwt.signed(), jwt.signature())).isTrue();
  }

  @Test
  void signsWhatItCanRead() throws Exception {
    HmacKey key = new HmacKey("secret".getBytes(StandardCharsets.UTF_8));
    Value.Obj header = Value.Obj.builder().put("typ", "x").put("alg", "HS256").build();
    Value.Obj claims = Value.Obj.builder().put("sub", "somebody").put("exp", 5).build();

    Jwt read = Jwt.parse(Jwt.sign(header, claims, key::sign), HS256);

    assertThat(read.claims()).isEqualTo(claims);
    assertThat(key.verify(read.signed(), read.signature())).isTrue();
  }

  @Test
  void refusesAlgorithmsNotAskedFor() {
    for (String alg : new String[] {"none", "None", "HS512", "RS256", ""}) {
      assertRefused(token("{\"alg\":\"" + alg + "\"}", "{}"));
    }
    assertRefused(token("{\"typ\":\"JWT\"}", "{}"));
    assertRefused(token("{\"alg\":1}", "{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJhbGciOiJIUzI1NiJ9..",
        "eyJhbGciOiJIUzI1NiJ9.e30",
        "eyJhbGciOiJIUzI1NiJ9.e30=.AA",
        "eyJhbGciOiJIUzI1NiJ9.W10.AA",
        "eyJhbGciOiJIUzI1NiJ9.e30.A",
        "eyJhbGciOiJIUzI1NiJ9.e31.AA",
        "eyJhbGciOiJIUzI1NiJ9.e30.A+",
        "eyJhbGciOiJIUzI1NiJ9.e30. AA"
      })
  void refusesOtherForms(String token) {
    assertRefused(token);
  }

  @Test
  void refusesWhatTwoReadersCouldReadDifferently() {
    assertRefused(token("{\"alg\":\"HS256\",\"alg\":\"none\"}", "{}"));
    assertRefused(token("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", "{}"));
    assertRefused(token("{\"alg\":\"HS256\"}", "{\"sub\":1,\"sub\":2}"));
  }

  @Test
  void refusesOverlongAndDeepTokens() {
    assertRefused(RFC_TOKEN + "A".repeat(Jwt.MAX_LENGTH));
    assertRefused(
        token("{\"alg\":\"HS256\"}", "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}"));
  }

  private static String token(String header, String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".AAAA";
  }

  private static void assertRefused(String token) {
    assertThatThrownBy(() -> Jwt.parse(token, HS256)).isInstanceOf(JwtException.class);
  }
}

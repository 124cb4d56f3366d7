package dev.virga.aws;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Known answers of AWS's own test suite for version 4, so that the tests' double can be trusted.
 */
class SignatureV4Test {
  private static final String KEY = "AKIDEXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  private static final String SCOPE = "us-east-1/service";

  private static SignatureV4.Request request(String method, String signature) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", "example.amazonaws.com");
    headers.put("X-Amz-Date", "20150830T123600Z");
    headers.put(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=%s/20150830/us-east-1/service/aws4_request, ".formatted(KEY)
            + "SignedHeaders=host;x-amz-date, Signature="
            + signature);
    return new SignatureV4.Request(method, "/", headers, new byte[0]);
  }

  /** The cases get-vanilla and post-vanilla. */
  @ParameterizedTest
  @CsvSource({
    "GET,5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "POST,5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
  })
  void theSignaturesThatAwsPublishesAreRight(String method, String signature) {
    assertThatCode(() -> SignatureV4.verify(request(method, signature), KEY, SECRET, SCOPE))
        .doesNotThrowAnyException();
  }

  @Test
  void anotherSignatureSecretKeyOrScopeIsNot() {
    SignatureV4.Request good =
        request("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    assertThatThrownBy(() -> SignatureV4.verify(request("GET", "0".repeat(64)), KEY, SECRET, SCOPE))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> SignatureV4.verify(good, KEY, SECRET + "x", SCOPE))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> SignatureV4.verify(good, "ANOTHER", SECRET, SCOPE))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> SignatureV4.verify(good, KEY, SECRET, "us-east-1/ssm"))
        .isInstanceOf(AssertionError.class);
  }
}

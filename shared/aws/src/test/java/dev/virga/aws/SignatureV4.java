package dev.virga.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS's signature, version 4, as the server reckons it, written from the specification without the
 * SDK: for tests of what signs. Not for S3, whose paths are encoded once only.
 *
 * <p>Source: AWS General Reference, "Signature Version 4 signing process".
 */
public final class SignatureV4 {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8}/[^/]+/[^/]+/aws4_request), *"
              + "SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})");

  private SignatureV4() {}

  /**
   * A request as it came.
   *
   * @param path as it was sent, with its percent signs
   * @param headers by name, in any case
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(String method, String path, Map<String, String> headers, byte[] body) {
    private String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElseThrow(() -> new AssertionError("there is no " + name + " to be signed"));
    }
  }

  /**
   * Checks the signature of a request, down to the hash of its body.
   *
   * @param scope what it must be good for, such as {@code eu-west-1/ssm}
   * @throws AssertionError if AWS would refuse it
   */
  public static void verify(Request request, String keyId, String secret, String scope) {
    Matcher given = AUTHORIZATION.matcher(request.header("Authorization"));
    String date = request.header("X-Amz-Date");
    if (!given.matches()) {
      throw new AssertionError("no signature: " + request.header("Authorization"));
    }
    String whole = "%s/%s/aws4_request".formatted(date.substring(0, 8), scope);
    if (!given.group(1).equals(keyId) || !given.group(2).equals(whole)) {
      throw new AssertionError(given.group() + " is not of " + keyId + " for " + whole);
    }
    List<String> signed = Arrays.asList(given.group(3).split(";", -1));
    if (!signed.contains("host")) {
      throw new AssertionError("the host is not signed");
    }
    String right = signature(request, signed, secret, date, whole);
    if (!given.group(4).equals(right)) {
      throw new AssertionError("the signature is " + given.group(4) + ", not " + right);
    }
  }

  private static String signature(
      Request request, List<String> signed, String secret, String date, String scope) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : signed) {
      headers.put(
          name.toLowerCase(Locale.ROOT), request.header(name).strip().replaceAll(" +", " "));
    }
    String canonical =
        String.join(
            "\n",
            request.method(),
            Arrays.stream(request.path().split("/", -1))
                .map(segment -> URLEncoder.encode(segment, UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/")),
            "",
            headers.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining()),
            String.join(";", headers.keySet()),
            sha256(request.body()));
    String text =
        String.join("\n", "AWS4-HMAC-SHA256", date, scope, sha256(canonical.getBytes(UTF_8)));
    byte[] key = ("AWS4" + secret).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, text));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.virga.atproto.identity;

import dev.virga.atproto.crypto.Base58btc;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.identity.PlcException.Reason;
import dev.virga.atproto.syntax.SyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What the public PLC directory accepts beyond what is well-formed; older logs may hold more.
 *
 * <p>Source: the directory's published behaviour, which is stricter than the specification in size
 * (4,000 bytes to 7,500) and looser in rotation keys (10 to 5).
 */
public final class PlcLimits {
  /** Bytes of a signed operation in DAG-CBOR. */
  public static final int MAX_BYTES = 4_000;

  /** Rotation keys, verification methods, services and aliases: each at most so many. */
  public static final int MAX_ENTRIES = 10;

  private static final int MAX_ALIAS = 258;
  private static final int MAX_ID = 32;
  private static final int MAX_KEY = 256;
  private static final int MAX_SERVICE_TYPE = 256;
  private static final int MAX_ENDPOINT = 512;
  private static final String DID_KEY = "did:key:z";

  private static final Map<Duration, Integer> RATES =
      Map.of(Duration.ofHours(1), 10, Duration.ofDays(1), 30, Duration.ofDays(7), 100);

  private PlcLimits() {}

  /**
   * Checks an operation that is to be added to a log.
   *
   * @throws PlcException with {@link Reason#UNACCEPTABLE} if it breaks a limit
   */
  public static void check(PlcOperation operation) {
    require(
        DagCbor.encode(operation.toValue()).length <= MAX_BYTES,
        "operation is larger than " + MAX_BYTES + " bytes");
    switch (operation) {
      case PlcOperation.Update update -> check(update.data());
      case PlcOperation.Tombstone _ -> {}
      case PlcOperation.LegacyCreate _ ->
          require(false, "create operations are no longer accepted");
    }
  }

  private static void check(PlcData data) {
    requireFew(data.rotationKeys().size(), "rotationKeys");
    requireFew(data.verificationMethods().size(), "verificationMethods");
    requireFew(data.alsoKnownAs().size(), "alsoKnownAs");
    requireFew(data.services().size(), "services");
    data.rotationKeys().forEach(PlcLimits::checkRotationKey);
    data.verificationMethods().forEach(PlcLimits::checkVerificationMethod);
    checkAliases(data.alsoKnownAs());
    data.services().forEach(PlcLimits::checkService);
  }

  private static void checkRotationKey(String key) {
    try {
      PublicKey.parseDidKey(key);
    } catch (SyntaxException e) {
      throw unacceptable("rotationKeys has one that is no did:key of K-256 or P-256");
    }
  }

  private static void checkVerificationMethod(String id, String key) {
    requireShort(id, MAX_ID, "id of a verification method");
    requireShort(key, MAX_KEY, "verification method");
    require(key.startsWith(DID_KEY), "verification method is not a did:key in base58btc");
    try {
      Base58btc.decode(key.substring(DID_KEY.length()));
    } catch (SyntaxException e) {
      throw unacceptable("verification method is not a did:key in base58btc");
    }
  }

  private static void checkAliases(List<String> aliases) {
    aliases.forEach(alias -> requireShort(alias, MAX_ALIAS, "entry of alsoKnownAs"));
    require(
        new HashSet<>(aliases).size() == aliases.size(), "alsoKnownAs has the same entry twice");
  }

  private static void checkService(String id, PlcService service) {
    requireShort(id, MAX_ID, "id of a service");
    requireShort(service.type(), MAX_SERVICE_TYPE, "type of a service");
    requireShort(service.endpoint(), MAX_ENDPOINT, "endpoint of a service");
  }

  /**
   * Checks that a DID has not been changed too often lately: 10 times an hour, 30 a day, 100 a
   * week. Recoveries are exempt, lest an attacker with a lesser key could lock out the owner.
   *
   * @param log the log before the new operation
   * @throws PlcException with {@link Reason#RATE_LIMITED}
   */
  public static void checkRate(PlcLog log, Instant now) {
    RATES.forEach(
        (window, most) -> {
          Instant since = now.minus(window);
          long recent =
              log.inForce().stream().filter(entry -> entry.createdAt().isAfter(since)).count();
          if (recent >= most) {
            throw new PlcException(
                Reason.RATE_LIMITED,
                "more than " + most + " operations in " + window.toHours() + " hours");
          }
        });
  }

  private static void requireFew(int size, String what) {
    require(size <= MAX_ENTRIES, what + " has more than " + MAX_ENTRIES + " entries");
  }

  private static void requireShort(String text, int most, String what) {
    require(text.length() <= most, what + " is longer than " + most + " characters");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw unacceptable(message);
    }
  }

  private static PlcException unacceptable(String message) {
    return new PlcException(Reason.UNACCEPTABLE, message);
  }
}

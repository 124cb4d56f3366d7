package dev.virga.atproto.identity;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.identity.PlcException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PlcLimitsTest {
  private static final PlcData ACCOUNT = Keys.account(Keys.SERVER);
  private static final String KEY = Keys.SIGNING.publicKey().didKey();
  private static final PlcService SERVICE = new PlcService("T", "https://a.test");

  private static void check(PlcData data) {
    PlcLimits.check(PlcOperation.genesis(data, Keys.SERVER));
  }

  private static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(PlcException.class)
        .isThrownBy(call)
        .extracting(PlcException::reason)
        .isEqualTo(reason);
  }

  private static void assertUnacceptable(PlcData data) {
    assertRefused(Reason.UNACCEPTABLE, () -> check(data));
  }

  private static PlcData withMethods(Map<String, String> methods) {
    return new PlcData(ACCOUNT.rotationKeys(), methods, List.of(), Map.of());
  }

  private static PlcData withServices(Map<String, PlcService> services) {
    return new PlcData(ACCOUNT.rotationKeys(), Map.of(), List.of(), services);
  }

  private static <T> Map<String, T> many(int count, T value) {
    Map<String, T> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      map.put("id" + i, value);
    }
    return map;
  }

  @Test
  void acceptsUsualOperations() {
    assertThatCode(() -> check(ACCOUNT)).doesNotThrowAnyException();
    assertThatCode(
            () -> PlcLimits.check(PlcOperation.tombstone(Cid.ofDagCbor(new byte[0]), Keys.SERVER)))
        .doesNotThrowAnyException();
  }

  @Test
  void acceptsTenOfEachAndNoMore() {
    List<String> aliases = IntStream.range(0, 11).mapToObj(i -> "at://a" + i + ".test").toList();
    List<PrivateKey> keys =
        IntStream.range(0, 11).mapToObj(i -> Keys.key(Curve.K256, 20 + i)).toList();
    List<String> didKeys = Keys.didKeys(keys.toArray(PrivateKey[]::new));

    assertThatCode(() -> check(ACCOUNT.withAlsoKnownAs(aliases.subList(0, 10))))
        .doesNotThrowAnyException();
    assertUnacceptable(ACCOUNT.withAlsoKnownAs(aliases));
    assertThatCode(() -> check(new PlcData(didKeys.subList(0, 10), Map.of(), List.of(), Map.of())))
        .doesNotThrowAnyException();
    assertUnacceptable(new PlcData(didKeys, Map.of(), List.of(), Map.of()));
    assertThatCode(() -> check(withMethods(many(10, KEY)))).doesNotThrowAnyException();
    assertUnacceptable(withMethods(many(11, KEY)));
    assertThatCode(() -> check(withServices(many(10, SERVICE)))).doesNotThrowAnyException();
    assertUnacceptable(withServices(many(11, SERVICE)));
  }

  @Test
  void refusesLongTexts() {
    assertThatCode(() -> check(ACCOUNT.withAlsoKnownAs(List.of("a".repeat(258)))))
        .doesNotThrowAnyException();
    assertUnacceptable(ACCOUNT.withAlsoKnownAs(List.of("a".repeat(259))));
    assertUnacceptable(withMethods(Map.of("i".repeat(33), KEY)));
    assertUnacceptable(withMethods(Map.of("id", "did:key:z" + "2".repeat(250))));
    assertUnacceptable(withServices(Map.of("i".repeat(33), SERVICE)));
    assertUnacceptable(withServices(Map.of("id", new PlcService("t".repeat(257), "e"))));
    assertUnacceptable(withServices(Map.of("id", new PlcService("t", "e".repeat(513)))));
  }

  @Test
  void refusesALargeOperationThoughEachPartIsAllowed() {
    assertUnacceptable(withServices(many(10, new PlcService("t", "e".repeat(500)))));
  }

  @Test
  void refusesAliasesTwice() {
    assertUnacceptable(ACCOUNT.withAlsoKnownAs(Collections.nCopies(2, "at://a.test")));
  }

  @Test
  void refusesKeysOfTheWrongKind() {
    String ed25519 = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

    assertUnacceptable(new PlcData(List.of(ed25519), Map.of(), List.of(), Map.of()));
    assertThatCode(() -> check(withMethods(Map.of("other", ed25519)))).doesNotThrowAnyException();
    assertUnacceptable(withMethods(Map.of("other", "did:web:a.test")));
    assertUnacceptable(withMethods(Map.of("other", "did:key:zO0l")));
  }

  @Test
  void refusesNewLegacyCreates() {
    assertRefused(
        Reason.UNACCEPTABLE,
        () -> PlcLimits.check(new PlcOperation.LegacyCreate(KEY, KEY, "a.test", "b.test", "s")));
  }

  @Test
  void limitsTheRateOfOperations() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    PlcOperation.Update genesis = PlcOperation.genesis(ACCOUNT, Keys.SERVER);
    PlcLog log = PlcLog.empty(genesis.did()).append(genesis, start);
    for (int i = 1; i < 10; i++) {
      PlcLimits.checkRate(log, start.plusSeconds(i));
      Cid last = log.last().orElseThrow().cid();
      log = log.append(PlcOperation.update(last, ACCOUNT, Keys.SERVER), start.plusSeconds(i));
    }
    PlcLog ten = log;

    assertRefused(Reason.RATE_LIMITED, () -> PlcLimits.checkRate(ten, start.plusSeconds(10)));
    assertThatCode(() -> PlcLimits.checkRate(ten, start.plus(Duration.ofMinutes(61))))
        .doesNotThrowAnyException();
  }
}

package dev.virga.atproto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcException.Reason;
import dev.virga.atproto.identity.PlcLog.Entry;
import dev.virga.atproto.identity.PlcOperation.LegacyCreate;
import dev.virga.atproto.identity.PlcOperation.Update;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PlcLogTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Update GENESIS = PlcOperation.genesis(Keys.account(), Keys.SERVER);
  private static final Did DID = GENESIS.did();

  private static Instant after(Duration time) {
    return START.plus(time);
  }

  private static Instant hours(long hours) {
    return after(Duration.ofHours(hours));
  }

  private static PlcLog registered() {
    return PlcLog.empty(DID).append(GENESIS, START);
  }

  private static Update rename(Cid previous, String handle, PrivateKey signer) {
    return PlcOperation.update(previous, Keys.account().withHandle(Handle.parse(handle)), signer);
  }

  private static Cid lastCid(PlcLog log) {
    return log.last().orElseThrow().cid();
  }

  private static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(PlcException.class)
        .isThrownBy(call)
        .extracting(PlcException::reason)
        .isEqualTo(reason);
  }

  @Test
  void registersWithAGenesisOfThatDid() {
    PlcLog log = registered();

    assertThat(log.state()).contains(Keys.account());
    assertThat(log.entries()).containsExactly(new Entry(GENESIS, GENESIS.cid(), START, false));
    assertThat(PlcLog.empty(DID).state()).isEmpty();
  }

  @Test
  void refusesAGenesisOfAnotherDid() {
    Did other = PlcOperation.genesis(Keys.account(Keys.SERVER), Keys.SERVER).did();

    assertRefused(Reason.WRONG_DID, () -> PlcLog.empty(other).append(GENESIS, START));
  }

  @Test
  void refusesAGenesisThatNoneOfItsKeysSigned() {
    Update genesis = PlcOperation.genesis(Keys.account(), Keys.STRANGER);

    assertRefused(Reason.BAD_SIGNATURE, () -> PlcLog.empty(genesis.did()).append(genesis, START));
  }

  @Test
  void refusesABeginningThatIsNoGenesis() {
    PlcOperation tombstone = PlcOperation.tombstone(GENESIS.cid(), Keys.SERVER);
    PlcOperation update = rename(GENESIS.cid(), "bob.test", Keys.SERVER);

    assertRefused(Reason.MISORDERED, () -> PlcLog.empty(DID).append(tombstone, START));
    assertRefused(Reason.MISORDERED, () -> PlcLog.empty(DID).append(update, START));
  }

  @Test
  void refusesASecondGenesis() {
    assertRefused(Reason.MISORDERED, () -> registered().append(GENESIS, hours(1)));
  }

  @Test
  void acceptsALegacyCreateAsGenesis() {
    String recovery = Keys.RECOVERY.publicKey().didKey();
    String signing = Keys.SIGNING.publicKey().didKey();
    LegacyCreate unsigned = new LegacyCreate(signing, recovery, "old.test", "pds.example", "");
    byte[] signature = Keys.SIGNING.sign(DagCbor.encode(unsigned.unsigned()));
    String sig = Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    LegacyCreate create = new LegacyCreate(signing, recovery, "old.test", "pds.example", sig);

    PlcLog log = PlcLog.empty(create.did()).append(create, START);
    PlcLog updated =
        log.append(PlcOperation.update(create.cid(), Keys.account(), Keys.RECOVERY), hours(1));

    assertThat(log.state().orElseThrow().handle()).contains(Handle.parse("old.test"));
    assertThat(updated.state()).contains(Keys.account());
  }

  @Test
  void followsUpdatesSignedByAnyRotationKey() {
    PlcLog log = registered();
    for (PrivateKey signer : List.of(Keys.RECOVERY, Keys.SERVER, Keys.SPARE)) {
      log = log.append(rename(lastCid(log), "bob.test", signer), hours(1));
    }

    assertThat(log.entries()).hasSize(4).noneMatch(Entry::nullified);
    assertThat(log.state().orElseThrow().handle()).contains(Handle.parse("bob.test"));
  }

  @Test
  void refusesKeysThatTheLastOperationRemoved() {
    PlcLog log =
        registered()
            .append(
                PlcOperation.update(GENESIS.cid(), Keys.account(Keys.SPARE), Keys.RECOVERY),
                hours(1));

    assertRefused(
        Reason.BAD_SIGNATURE,
        () -> log.append(rename(lastCid(log), "bob.test", Keys.RECOVERY), hours(2)));
  }

  @Test
  void refusesAnUnknownPredecessor() {
    Cid unknown = Cid.ofDagCbor(new byte[] {9});

    assertRefused(
        Reason.MISORDERED,
        () -> registered().append(rename(unknown, "bob.test", Keys.SERVER), hours(1)));
  }

  @Test
  void endsWithATombstone() {
    PlcLog log = registered().append(PlcOperation.tombstone(GENESIS.cid(), Keys.SERVER), hours(1));

    assertThat(log.state()).isEmpty();
    assertThat(log.last()).isPresent();
    assertRefused(
        Reason.MISORDERED,
        () -> log.append(rename(lastCid(log), "bob.test", Keys.RECOVERY), hours(2)));
  }

  @Test
  void letsAStrongerKeyNullifyWhatAWeakerOneDid() {
    PlcLog hijacked =
        registered()
            .append(
                PlcOperation.update(GENESIS.cid(), Keys.account(Keys.STRANGER), Keys.SERVER),
                hours(1));
    PlcLog further =
        hijacked.append(rename(lastCid(hijacked), "evil.test", Keys.STRANGER), hours(2));

    PlcLog recovered =
        further.append(rename(GENESIS.cid(), "alice2.test", Keys.RECOVERY), hours(3));

    assertThat(recovered.entries())
        .extracting(Entry::nullified)
        .containsExactly(false, true, true, false);
    assertThat(recovered.inForce()).hasSize(2);
    assertThat(recovered.state().orElseThrow().handle()).contains(Handle.parse("alice2.test"));
    assertThat(further.entries()).noneMatch(Entry::nullified);
  }

  @Test
  void letsAStrongerKeyUndoATombstone() {
    PlcLog log =
        registered()
            .append(PlcOperation.tombstone(GENESIS.cid(), Keys.SPARE), hours(1))
            .append(rename(GENESIS.cid(), "alice.test", Keys.SERVER), hours(2));

    assertThat(log.state()).isPresent();
  }

  @Test
  void refusesToNullifyWithAnEqualOrWeakerOrForeignKey() {
    PlcLog log = registered().append(rename(GENESIS.cid(), "bob.test", Keys.SERVER), hours(1));

    for (PrivateKey signer : List.of(Keys.SERVER, Keys.SPARE, Keys.STRANGER)) {
      assertRefused(
          Reason.BAD_SIGNATURE,
          () -> log.append(rename(GENESIS.cid(), "carol.test", signer), hours(2)));
    }
  }

  @Test
  void allowsRecoveryUpToExactlySeventyTwoHours() {
    PlcLog log = registered().append(rename(GENESIS.cid(), "bob.test", Keys.SERVER), hours(1));
    Update recovery = rename(GENESIS.cid(), "carol.test", Keys.RECOVERY);

    assertThat(log.append(recovery, hours(73)).inForce()).hasSize(2);
    assertRefused(Reason.LATE_RECOVERY, () -> log.append(recovery, hours(73).plusMillis(1)));
  }

  @Test
  void refusesToFollowANullifiedOperation() {
    Update nullified = rename(GENESIS.cid(), "bob.test", Keys.SERVER);
    PlcLog log =
        registered()
            .append(nullified, hours(1))
            .append(rename(GENESIS.cid(), "carol.test", Keys.RECOVERY), hours(2));

    assertRefused(
        Reason.MISORDERED,
        () -> log.append(rename(nullified.cid(), "dave.test", Keys.RECOVERY), hours(3)));
  }

  @Test
  void keepsTimesIncreasingWhenTheClockDoesNot() {
    PlcLog log =
        registered()
            .append(rename(GENESIS.cid(), "bob.test", Keys.SERVER), START)
            .append(rename(GENESIS.cid(), "carol.test", Keys.RECOVERY), START.minusSeconds(5));

    assertThat(log.entries())
        .extracting(Entry::createdAt)
        .containsExactly(START, START.plusMillis(1), START.plusMillis(2));
  }

  private static PlcLog eventful() {
    PlcLog log = registered().append(rename(GENESIS.cid(), "bob.test", Keys.SERVER), hours(1));
    return log.append(rename(lastCid(log), "evil.test", Keys.SPARE), hours(2))
        .append(PlcOperation.tombstone(GENESIS.cid(), Keys.RECOVERY), hours(3));
  }

  @Test
  void validatesAndRoundTripsAnAuditLog() {
    PlcLog log = eventful();

    PlcLog read = PlcLog.parseAudit(DID, log.toAudit());

    assertThat(read.entries()).isEqualTo(log.entries());
    assertThat(read.toAudit()).isEqualTo(log.toAudit());
    assertThat(PlcLog.trusted(DID, log.entries()).state()).isEqualTo(log.state());
  }

  @Test
  void refusesAnAuditLogWithWrongMarksOrCids() {
    List<Entry> entries = eventful().entries();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      List<Entry> flipped = new ArrayList<>(entries);
      flipped.set(
          i, new Entry(entry.operation(), entry.cid(), entry.createdAt(), !entry.nullified()));
      List<Entry> renamed = new ArrayList<>(entries);
      renamed.set(
          i,
          new Entry(
              entry.operation(),
              Cid.ofDagCbor(new byte[] {7}),
              entry.createdAt(),
              entry.nullified()));

      assertRefused(Reason.INCONSISTENT_LOG, () -> PlcLog.validate(DID, flipped));
      assertRefused(Reason.INCONSISTENT_LOG, () -> PlcLog.validate(DID, renamed));
    }
  }

  @Test
  void refusesAnAuditLogThatRecoversTooLateOrOutOfOrder() {
    List<Entry> late = new ArrayList<>(eventful().entries());
    Entry last = late.removeLast();
    late.add(new Entry(last.operation(), last.cid(), hours(74), false));
    List<Entry> early = new ArrayList<>(late.subList(0, 3));
    early.add(new Entry(last.operation(), last.cid(), hours(2), false));

    assertRefused(Reason.LATE_RECOVERY, () -> PlcLog.validate(DID, late));
    assertRefused(Reason.MISORDERED, () -> PlcLog.validate(DID, early));
  }

  @Test
  void refusesAuditLogsOfAnotherShape() {
    Value.Obj entry = (Value.Obj) registered().toAudit().items().getFirst();
    for (Value.Obj broken :
        List.of(
            entry.without("cid"),
            entry.with("extra", Value.of(1)),
            entry.with("nullified", Value.of("no")),
            entry.with("operation", Value.of("x")),
            entry.with("did", Value.of("did:plc:other")))) {
      assertThatThrownBy(() -> PlcLog.parseAudit(DID, new Value.Array(List.of(broken))))
          .isInstanceOf(DataException.class);
    }
    assertThatThrownBy(() -> PlcLog.parseAudit(DID, new Value.Array(List.of(Value.of(1)))))
        .isInstanceOf(DataException.class);
  }

  @Test
  void validatesBareOperationsInForce() {
    Update second = rename(GENESIS.cid(), "bob.test", Keys.SERVER);
    PlcOperation tombstone = PlcOperation.tombstone(second.cid(), Keys.SERVER);

    assertThat(PlcLog.validateOperations(DID, List.of(GENESIS, second))).contains(second.data());
    assertThat(PlcLog.validateOperations(DID, List.of(GENESIS, second, tombstone))).isEmpty();
    assertRefused(Reason.MISORDERED, () -> PlcLog.validateOperations(DID, List.of()));
    assertRefused(
        Reason.MISORDERED, () -> PlcLog.validateOperations(DID, List.of(GENESIS, tombstone)));
    assertRefused(
        Reason.MISORDERED,
        () ->
            PlcLog.validateOperations(
                DID, List.of(GENESIS, second, rename(GENESIS.cid(), "x.test", Keys.RECOVERY))));
  }
}

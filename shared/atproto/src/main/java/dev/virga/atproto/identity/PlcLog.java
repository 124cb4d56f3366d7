package dev.virga.atproto.identity;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcException.Reason;
import dev.virga.atproto.syntax.Datetime;
import dev.virga.atproto.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * All operations that the directory ever accepted for one DID, oldest first, those nullified
 * included: the audit log, from which the state of a did:plc is derived. Immutable.
 *
 * <p>Source: did:plc specification, "Key Rotation &amp; Account Recovery", "Audit Logs".
 */
public final class PlcLog {
  /** How long a key of higher authority may still nullify an operation; the last moment counts. */
  public static final Duration RECOVERY_WINDOW = Duration.ofDays(3);

  private static final Set<String> ENTRY_FIELDS =
      Set.of("did", "operation", "cid", "nullified", "createdAt");

  private final Did did;
  private final List<Entry> entries;

  private PlcLog(Did did, List<Entry> entries) {
    this.did = did;
    this.entries = List.copyOf(entries);
  }

  /**
   * An operation as the directory keeps it.
   *
   * @param createdAt when the directory accepted it
   * @param nullified whether a later operation took its place
   */
  public record Entry(PlcOperation operation, Cid cid, Instant createdAt, boolean nullified) {
    private Entry nullify() {
      return new Entry(operation, cid, createdAt, true);
    }
  }

  /** The log of a DID that is not registered yet. */
  public static PlcLog empty(Did did) {
    return new PlcLog(did, List.of());
  }

  /** A log from one's own store, taken as it is; for a stranger's use {@link #validate}. */
  public static PlcLog trusted(Did did, List<Entry> entries) {
    return new PlcLog(did, entries);
  }

  /**
   * Checks a whole audit log by replaying it: each operation as of its own time.
   *
   * @throws PlcException if one of its operations was not permitted, or its CIDs or marks of
   *     nullification are not those that follow
   */
  public static PlcLog validate(Did did, List<Entry> claimed) {
    PlcLog log = empty(did);
    for (Entry entry : claimed) {
      log = log.accept(entry.operation(), entry.createdAt());
    }
    if (!log.entries.equals(claimed)) {
      throw new PlcException(
          Reason.INCONSISTENT_LOG, "the log's CIDs or nullifications are not what they must be");
    }
    return log;
  }

  /**
   * Checks the operations in force, as {@code GET /:did/log} gives them: without times, and so
   * without recoveries.
   *
   * @return the state, empty if the DID was ended
   * @throws PlcException if there is none, or one was not permitted
   */
  public static Optional<PlcData> validateOperations(Did did, List<PlcOperation> operations) {
    PlcLog log = empty(did);
    for (PlcOperation operation : operations) {
      Optional<Cid> last = log.last().map(Entry::cid);
      if (!operation.prev().equals(last)) {
        throw misordered("an operation does not follow the one before it");
      }
      log = log.accept(operation, Instant.EPOCH);
    }
    if (operations.isEmpty()) {
      throw misordered("the log is empty");
    }
    return log.state();
  }

  /**
   * This log after a proposed operation, which may nullify earlier ones.
   *
   * <p>Limits of size and rate are separate: {@link PlcLimits}.
   *
   * @param now cut to milliseconds, and moved forward where needed so that times in a log increase
   * @throws PlcException if the operation is not permitted; this log stays as it is
   */
  public PlcLog append(PlcOperation proposed, Instant now) {
    Instant time = Instant.ofEpochMilli(now.toEpochMilli());
    if (!entries.isEmpty() && !time.isAfter(entries.getLast().createdAt())) {
      time = entries.getLast().createdAt().plusMillis(1);
    }
    return accept(proposed, time);
  }

  private PlcLog accept(PlcOperation proposed, Instant time) {
    if (entries.isEmpty()) {
      checkGenesis(proposed);
      return with(proposed, time, Set.of());
    }
    List<Entry> inForce = inForce();
    int previous = indexOfPrevious(inForce, proposed);
    List<String> keys =
        inForce
            .get(previous)
            .operation()
            .state()
            .orElseThrow(() -> misordered("nothing follows a tombstone"))
            .rotationKeys();
    List<Entry> displaced = inForce.subList(previous + 1, inForce.size());
    if (displaced.isEmpty()) {
      requireSigned(proposed, keys);
    } else {
      checkRecovery(proposed, time, keys, displaced.getFirst());
    }
    return with(proposed, time, Set.copyOf(displaced));
  }

  private void checkGenesis(PlcOperation proposed) {
    PlcData state =
        proposed.state().orElseThrow(() -> misordered("a log cannot begin with a tombstone"));
    if (proposed.prev().isPresent()) {
      throw misordered("the first operation must not follow another");
    }
    requireSigned(proposed, state.rotationKeys());
    if (!proposed.did().equals(did)) {
      throw new PlcException(Reason.WRONG_DID, "the operation's hash gives " + proposed.did());
    }
  }

  private static int indexOfPrevious(List<Entry> inForce, PlcOperation proposed) {
    Cid prev = proposed.prev().orElseThrow(() -> misordered("the DID has been registered already"));
    for (int i = 0; i < inForce.size(); i++) {
      if (inForce.get(i).cid().equals(prev)) {
        return i;
      }
    }
    throw misordered("prev is not an operation in force");
  }

  private void checkRecovery(
      PlcOperation proposed, Instant time, List<String> keys, Entry displaced) {
    int disputed = requireSigned(displaced.operation(), keys);
    requireSigned(proposed, keys.subList(0, disputed));
    if (!time.isAfter(entries.getLast().createdAt())) {
      throw misordered("a recovery must be later than all other operations");
    }
    if (Duration.between(displaced.createdAt(), time).compareTo(RECOVERY_WINDOW) > 0) {
      throw new PlcException(
          Reason.LATE_RECOVERY,
          "an operation can be nullified for " + RECOVERY_WINDOW.toHours() + " hours only");
    }
  }

  private static int requireSigned(PlcOperation operation, List<String> keys) {
    OptionalInt signer = operation.signer(keys);
    return signer.orElseThrow(
        () ->
            new PlcException(
                Reason.BAD_SIGNATURE, "not signed by a rotation key of sufficient authority"));
  }

  private PlcLog with(PlcOperation operation, Instant time, Set<Entry> displaced) {
    List<Entry> longer = new ArrayList<>(entries.size() + 1);
    for (Entry entry : entries) {
      longer.add(displaced.contains(entry) ? entry.nullify() : entry);
    }
    longer.add(new Entry(operation, operation.cid(), time, false));
    return new PlcLog(did, longer);
  }

  private static PlcException misordered(String message) {
    return new PlcException(Reason.MISORDERED, message);
  }

  public Did did() {
    return did;
  }

  /** All, oldest first. */
  public List<Entry> entries() {
    return entries;
  }

  /** Those not nullified, oldest first. */
  public List<Entry> inForce() {
    return entries.stream().filter(entry -> !entry.nullified()).toList();
  }

  /** The last operation in force; empty if the DID is not registered. */
  public Optional<Entry> last() {
    return inForce().reversed().stream().findFirst();
  }

  /** The present state; empty if the DID is not registered, or has been ended. */
  public Optional<PlcData> state() {
    return last().flatMap(entry -> entry.operation().state());
  }

  /** As the directory answers {@code GET /:did/log/audit}. */
  public Value.Array toAudit() {
    return new Value.Array(entries.stream().<Value>map(this::toValue).toList());
  }

  private Value.Obj toValue(Entry entry) {
    return Value.Obj.builder()
        .put("did", did.text())
        .put("operation", entry.operation().toValue())
        .put("cid", entry.cid().toString())
        .put("nullified", entry.nullified())
        .put("createdAt", Datetime.of(entry.createdAt()).text())
        .build();
  }

  /**
   * Reads and validates what {@link #toAudit} writes.
   *
   * @throws DataException if it has another shape
   * @throws PlcException if it breaks the rules
   */
  public static PlcLog parseAudit(Did did, Value.Array audit) {
    List<Entry> entries = new ArrayList<>();
    for (Value item : audit.items()) {
      if (!(item instanceof Value.Obj obj)) {
        throw new DataException("an entry of the log must be a map");
      }
      entries.add(parseEntry(did, obj));
    }
    return validate(did, entries);
  }

  private static Entry parseEntry(Did did, Value.Obj obj) {
    StrictFields fields = new StrictFields("entry of the log", obj, ENTRY_FIELDS);
    if (!fields.text("did").equals(did.text())) {
      throw new DataException("the log is of another DID");
    }
    return new Entry(
        PlcOperation.parse(
            obj.obj("operation")
                .orElseThrow(() -> new DataException("entry of the log lacks an operation"))),
        fields.cid("cid"),
        Datetime.parse(fields.text("createdAt")).instant(),
        obj.bool("nullified")
            .orElseThrow(() -> new DataException("nullified must be true or false")));
  }
}

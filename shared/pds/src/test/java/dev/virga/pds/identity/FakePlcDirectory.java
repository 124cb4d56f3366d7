package dev.virga.pds.identity;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A PLC directory in memory that can be told to fail, before or after it has done its work. */
public final class FakePlcDirectory implements PlcDirectory {
  private final Map<Did, List<PlcOperation>> logs = new HashMap<>();
  private @Nullable DirectoryException before;
  private @Nullable DirectoryException after;

  /** Makes every submission fail without effect; null ends that. */
  public void failBefore(@Nullable DirectoryException failure) {
    this.before = failure;
  }

  /** Makes every submission fail in spite of its effect; null ends that. */
  public void failAfter(@Nullable DirectoryException failure) {
    this.after = failure;
  }

  public List<PlcOperation> log(Did did) {
    return logs.getOrDefault(did, List.of());
  }

  /** The DIDs in use. */
  public List<Did> living() {
    return logs.entrySet().stream()
        .filter(entry -> entry.getValue().getLast().state().isPresent())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Takes over what another directory knows. */
  public void load(FakePlcDirectory other) {
    other.logs.forEach((did, log) -> logs.put(did, new ArrayList<>(log)));
  }

  public int size() {
    return logs.size();
  }

  @Override
  public synchronized void submit(Did did, PlcOperation operation) throws DirectoryException {
    if (before != null) {
      throw before;
    }
    List<PlcOperation> log = logs.computeIfAbsent(did, key -> new ArrayList<>());
    Optional<PlcOperation> last = log.isEmpty() ? Optional.empty() : Optional.of(log.getLast());
    if (!operation.prev().equals(last.map(PlcOperation::cid))) {
      throw DirectoryException.refused("not after the last operation");
    }
    if (last.isEmpty() && !operation.did().equals(did)) {
      throw DirectoryException.refused("not this DID's genesis");
    }
    List<String> keys =
        last.or(() -> Optional.of(operation))
            .flatMap(PlcOperation::state)
            .orElseThrow()
            .rotationKeys();
    if (operation.signer(keys).isEmpty()) {
      throw DirectoryException.refused("bad signature");
    }
    log.add(operation);
    if (after != null) {
      throw after;
    }
  }

  @Override
  public synchronized Optional<Value.Obj> document(Did did) {
    return last(did)
        .flatMap(PlcOperation::state)
        .map(state -> DidDocument.of(did, state).toValue());
  }

  @Override
  public synchronized Optional<PlcOperation> last(Did did) {
    List<PlcOperation> log = log(did);
    return log.isEmpty() ? Optional.empty() : Optional.of(log.getLast());
  }
}

package dev.virga.pds.jetstream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An API Gateway in memory, whose faults are told it beforehand. */
final class Gateway implements Posting {
  final Map<String, List<String>> received = new ConcurrentHashMap<>();
  final Set<String> open = Collections.synchronizedSet(new HashSet<>());
  final List<String> ended = Collections.synchronizedList(new ArrayList<>());

  /** What becomes of the next message to a connection, by its id; null to be delivered. */
  volatile Function<String, @Nullable Outcome> fault = id -> null;

  /** Whether messages may arrive whose fate the sender does not know. */
  volatile boolean deliversInDoubt;

  void opened(String id) {
    received.put(id, Collections.synchronizedList(new ArrayList<>()));
    open.add(id);
  }

  List<String> of(String id) {
    return List.copyOf(received.getOrDefault(id, List.of()));
  }

  /** What a connection got, without repetitions. */
  List<String> distinct(String id) {
    return new ArrayList<>(new LinkedHashMap<>(counts(of(id))).keySet());
  }

  private static Map<String, Integer> counts(List<String> events) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    events.forEach(event -> counts.merge(event, 1, Integer::sum));
    return counts;
  }

  @Override
  public Outcome post(String connectionId, byte[] text) {
    List<String> inbox = received.get(connectionId);
    if (!open.contains(connectionId) || inbox == null) {
      return Outcome.GONE;
    }
    Outcome outcome = fault.apply(connectionId);
    if (outcome == null || (outcome == Outcome.LATER && deliversInDoubt)) {
      inbox.add(JetstreamFixture.text(text));
    }
    return outcome == null ? Outcome.DELIVERED : outcome;
  }

  @Override
  public void disconnect(String connectionId) {
    open.remove(connectionId);
    ended.add(connectionId);
  }
}

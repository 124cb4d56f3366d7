package dev.virga.pds.repo;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Write;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Counts the calls of an {@link Index} by name, for tests of what an operation costs. */
public final class CountingIndex {
  private final Map<String, Integer> calls = new ConcurrentSkipListMap<>();

  public Map<String, Integer> calls() {
    return calls;
  }

  public void reset() {
    calls.clear();
  }

  private void count(String call) {
    calls.merge(call, 1, Integer::sum);
  }

  /** The same index, counted. */
  public Index around(Index index) {
    return new ForwardingIndex(index) {
      @Override
      protected <T> T around(String method, boolean write, String what, Body<T> body)
          throws ConditionFailedException {
        count(method);
        return body.run();
      }

      @Override
      public void transactAfter(List<Write> beforehand, Runnable barrier, List<Write> writes)
          throws ConditionFailedException {
        count("transactAfter");
        index.transactAfter(beforehand, barrier, writes);
      }
    };
  }
}

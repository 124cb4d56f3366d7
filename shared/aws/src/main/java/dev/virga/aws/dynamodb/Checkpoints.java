package dev.virga.aws.dynamodb;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers how far each shard of a stream was read; part of {@link StreamPoller}. */
public interface Checkpoints {
  /** Stands for a shard that was read to its end. */
  String END = "END";

  /** The sequence number of the last record that was accepted, {@link #END}, or empty. */
  Optional<String> load(String shard);

  /**
   * Notes how far a shard was read.
   *
   * @param position a sequence number or {@link #END}
   */
  void save(String shard, String position);

  /** Checkpoints that last as long as the process; the next one begins at the oldest record. */
  static Checkpoints inMemory() {
    Map<String, String> positions = new ConcurrentHashMap<>();
    return new Checkpoints() {
      @Override
      public Optional<String> load(String shard) {
        return Optional.ofNullable(positions.get(shard));
      }

      @Override
      public void save(String shard, String position) {
        positions.put(shard, position);
      }
    };
  }
}

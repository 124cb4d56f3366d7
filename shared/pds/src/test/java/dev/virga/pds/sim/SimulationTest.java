package dev.virga.pds.sim;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of {@link Simulation}s. {@code -Dvirga.sim.seed=S} runs one seed alone, {@code
 * -Dvirga.sim.seeds=N} so many, {@code -Dvirga.sim.first=S} from another first one on.
 */
class SimulationTest {
  private static final int SEEDS = 800;

  @TempDir Path scratch;

  @Test
  void whateverHappensNothingIsLost() {
    Long only = Long.getLong("virga.sim.seed");
    long first = only != null ? only : Long.getLong("virga.sim.first", 1);
    long count = only != null ? 1 : Long.getLong("virga.sim.seeds", SEEDS);
    boolean goOn = Boolean.getBoolean("virga.sim.goOn");
    List<String> failures = new ArrayList<>();
    long began = System.nanoTime();
    long ran = 0;
    for (long seed = first; seed < first + count; seed++) {
      Simulation simulation = new Simulation(seed, scratch);
      try {
        simulation.run();
      } catch (Throwable e) {
        if (only != null) {
          simulation.trace.forEach(System.out::println);
        }
        if (!goOn) {
          throw new AssertionError("failed with -Dvirga.sim.seed=" + seed, e);
        }
        java.io.StringWriter text = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(text));
        failures.add("seed " + seed + ": " + text.toString().lines().limit(14).toList());
        System.out.println(failures.getLast());
      }
      ran++;
    }
    System.out.printf(
        "Simulation: %d seeds from %d in %s, %d failed%n",
        ran,
        first,
        Duration.ofNanos(System.nanoTime() - began)
            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
        failures.size());
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " seeds failed");
    }
  }
}

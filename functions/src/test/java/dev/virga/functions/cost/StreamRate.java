package dev.virga.functions.cost;

import dev.virga.functions.PdsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Prints how many events a second the stream function's code numbers and logs, by the size of its
 * batches, against DynamoDB Local in the same process: compare the rows, not their figures.
 */
final class StreamRate {
  private static final int EVENTS = 600;

  private StreamRate() {}

  /** Runs for about a minute. */
  public static void main(String[] args) throws Exception {
    Path scratch = Files.createTempDirectory("stream-rate");
    try (CloudPds pds = new CloudPds(scratch)) {
      CloudPds.Server process = pds.start();
      PdsServer.User alice = process.client.signUp("alice");
      Workload load = new Workload(pds, alice);
      load.post(process.client);
      process.sequence(1);
      System.out.println("| events in a batch | events/s | calls for one | ratio |");
      System.out.println("| --- | --- | --- | --- |");
      rate(pds, process, load, 10); // warms up
      double alone = 0;
      for (int batch : new int[] {1, 10, 45}) {
        double rate = rate(pds, process, load, batch);
        alone = alone == 0 ? rate : alone;
        int calls = pds.counter.costs().values().stream().mapToInt(cost -> cost.calls()).sum();
        System.out.printf(
            Locale.ROOT,
            "| %d | %.0f | %.2f | %.1f |%n",
            batch,
            rate,
            (double) calls / EVENTS,
            rate / alone);
      }
    }
    System.exit(0); // the servers' threads are no daemons
  }

  private static double rate(CloudPds pds, CloudPds.Server process, Workload load, int batch) {
    for (int i = 0; i < EVENTS; i++) {
      if (i % 500 == 0) {
        load.signIn(process.client);
      }
      load.post(process.client);
    }
    pds.counter.reset();
    long start = System.nanoTime();
    process.sequence(batch);
    return EVENTS / ((System.nanoTime() - start) / 1e9);
  }
}

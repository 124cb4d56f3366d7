package dev.virga.functions.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long functions take to start and to answer, under Lambda's own runtime client on this
 * machine: a table for {@code infra/README.md}. Not a test; times of one run are to be compared
 * with each other only.
 */
final class ColdStarts {
  private static final int STEADY_CALLS = 60;

  private ColdStarts() {}

  /** A way to start a function. */
  private record Measure(String name, boolean snapshot, List<String> options) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("plain", false, List.of()),
          new Measure("C1 only", false, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")),
          new Measure("snapshot, primed", true, List.of("-XX:+UseSerialGC")));

  /** Prints the table. */
  public static void main(String[] args) throws Exception {
    try (FakePlc plc = new FakePlc()) {
      Map<String, String> environment = new HashMap<>(Environments.fresh(plc));
      System.out.printf(
          Locale.ROOT,
          "Package: %,d bytes%n| function | start | until ready | first answer | steady (median)"
              + " |%n",
          Files.size(RuntimeApi.task().resolveSibling("../virga-functions.zip").normalize()));
      for (String function : List.of("Read", "Write", "Account", "Admin", "Proxy", "Stream")) {
        for (Measure measure : MEASURES) {
          measure(function, measure, environment);
        }
      }
    }
    System.exit(0); // the local servers' threads are no daemons
  }

  private static void measure(String function, Measure measure, Map<String, String> environment)
      throws IOException, InterruptedException {
    Map<String, String> variables = new HashMap<>(environment);
    if (measure.snapshot()) {
      variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
    }
    byte[] event =
        Files.readAllBytes(
            Path.of(System.getProperty("virga.root"), "events")
                .resolve(function.toLowerCase(Locale.ROOT) + ".json"));
    long began = System.nanoTime();
    try (RuntimeApi api =
        RuntimeApi.start(
            function + "Function", variables, measure.options().toArray(String[]::new))) {
      api.awaitReady();
      long ready = System.nanoTime() - began;
      if (measure.snapshot()) {
        api.restore();
      }
      RuntimeApi.Outcome first = api.call(event);
      if (!first.kind().equals("response")) {
        throw new IllegalStateException(first.text());
      }
      List<Long> steady = new ArrayList<>();
      for (int i = 0; i < STEADY_CALLS; i++) {
        steady.add(api.call(event).nanos());
      }
      long[] sorted = steady.stream().mapToLong(Long::longValue).sorted().toArray();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %s |%n",
          function,
          measure.name(),
          millis(ready),
          millis(first.nanos()),
          millis(sorted[sorted.length / 2]));
    }
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }
}

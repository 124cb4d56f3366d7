package dev.virga.functions.lambda;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code virga bench cold}: how long functions take to start and to answer, from the package and
 * under Lambda's own runtime client on this machine, with and without the measures against it.
 *
 * <p>Not a test. Times of one run are to be compared with each other only, so all ways take turns,
 * several rounds long, and what is printed are medians and their ratios.
 */
final class ColdStarts {
  private static final Logger LOG = LoggerFactory.getLogger(ColdStarts.class);

  private static final List<String> FUNCTIONS =
      List.of("Read", "Write", "Account", "Admin", "Proxy", "Stream", "WebSocket");

  /** How Lambda starts a JVM when there is no snapshot. */
  private static final List<String> LAMBDA = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** With a snapshot it compiles all the way; 1,024 MB leave that much to the heap. */
  private static final List<String> SNAP_START = List.of("-XX:+UseSerialGC", "-Xmx800m");

  private static final int TRAINING_CALLS = 20;

  /** A way to start a function. */
  private enum Way {
    PLAIN,
    C1,
    AOT_CACHE,
    SNAPSHOT
  }

  /**
   * What was measured of one start, in nanoseconds.
   *
   * @param ready from the start of the process until it asks for work, or for its restore
   * @param first from the event, or the restore, until the first answer
   * @param steady an answer in the middle of many
   */
  private record Start(long ready, long first, long steady) {
    /** What somebody waits for whom no instance is ready: of a snapshot only the waking up. */
    long cold(Way way) {
      return way == Way.SNAPSHOT ? first : ready + first;
    }
  }

  private final Map<String, String> environment;
  private final int rounds;
  private final int calls;
  private final PrintStream out;

  private ColdStarts(Map<String, String> environment, int rounds, int calls, PrintStream out) {
    this.environment = environment;
    this.rounds = rounds;
    this.calls = calls;
    this.out = out;
  }

  /** Prints the tables. Usage: [--rounds N] [--calls N] */
  public static void main(String[] arguments) {
    int status = 0;
    try {
      measure(Arrays.asList(arguments));
    } catch (Exception e) {
      LOG.error("the measurement broke off", e);
      status = 1;
    }
    System.exit(status); // the local servers' threads are no daemons
  }

  private static void measure(List<String> given) throws Exception {
    int rounds = option(given, "--rounds", 3);
    int calls = option(given, "--calls", 40);
    PrintStream out = System.out;
    System.setOut(System.err); // the servers talk of themselves
    try (FakePlc plc = new FakePlc();
        FakeGateway gateway = new FakeGateway()) {
      Map<String, String> environment = new HashMap<>(Environments.fresh(plc));
      environment.put("VIRGA_WEBSOCKET_URL", gateway.url() + "/live");
      environment.put("VIRGA_WEBSOCKET_FUNCTION", "subscribers");
      environment.put("AWS_ENDPOINT_URL_LAMBDA", gateway.url());
      new ColdStarts(environment, rounds, calls, out).run();
    }
  }

  private static int option(List<String> given, String name, int otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : Integer.parseInt(given.get(at + 1));
  }

  private void run() throws Exception {
    heading();
    for (String function : FUNCTIONS) {
      train(function);
      progress("trained " + function);
    }
    Map<String, List<Start>> starts = new HashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (String function : FUNCTIONS) {
        for (Way way : Way.values()) {
          starts
              .computeIfAbsent(function + way, key -> new ArrayList<>())
              .add(start(function, way));
        }
        progress("round %d of %d: %s".formatted(round, rounds, function));
      }
    }
    print(starts);
  }

  private static void progress(String what) {
    System.err.println(what);
  }

  /** Lets a function live for a while, after which its JVM writes an AOT cache. */
  private void train(String function) throws IOException, InterruptedException {
    Path cache = cache(function);
    Files.deleteIfExists(cache);
    List<String> options = new ArrayList<>(LAMBDA);
    options.add("-XX:AOTCacheOutput=" + cache);
    try (RuntimeApi api =
        RuntimeApi.start(function + "Function", environment, options.toArray(String[]::new))) {
      byte[] event = event(function);
      for (int i = 0; i < TRAINING_CALLS; i++) {
        answered(api.call(event));
      }
      api.stop();
    }
    if (!Files.exists(cache)) {
      throw new IllegalStateException("no AOT cache of " + function + " was written");
    }
  }

  private static Path cache(String function) {
    return RuntimeApi.task().resolveSibling(function + ".aot");
  }

  private static byte[] event(String function) throws IOException {
    String name = function.equals("WebSocket") ? "websocket-connect" : function;
    return Files.readAllBytes(
        Path.of(System.getProperty("virga.root"), "events")
            .resolve(name.toLowerCase(Locale.ROOT) + ".json"));
  }

  private static void answered(RuntimeApi.Outcome outcome) {
    if (!outcome.kind().equals("response")) {
      throw new IllegalStateException(outcome.text());
    }
  }

  private Start start(String function, Way way) throws IOException, InterruptedException {
    Map<String, String> variables = new HashMap<>(environment);
    List<String> options = new ArrayList<>();
    switch (way) {
      case PLAIN -> {}
      case C1 -> options.addAll(LAMBDA);
      case AOT_CACHE -> {
        options.addAll(LAMBDA);
        options.add("-XX:AOTCache=" + cache(function));
      }
      case SNAPSHOT -> {
        options.addAll(SNAP_START);
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
      }
    }
    byte[] event = event(function);
    long began = System.nanoTime();
    try (RuntimeApi api =
        RuntimeApi.start(function + "Function", variables, options.toArray(String[]::new))) {
      api.awaitReady();
      long ready = System.nanoTime();
      if (way == Way.SNAPSHOT) {
        api.restore();
      }
      answered(api.call(event));
      long first = System.nanoTime();
      long[] steady = new long[calls];
      for (int i = 0; i < calls; i++) {
        RuntimeApi.Outcome outcome = api.call(event);
        answered(outcome);
        steady[i] = outcome.nanos();
      }
      Arrays.sort(steady);
      return new Start(ready - began, first - ready, steady[calls / 2]);
    }
  }

  private void print(Map<String, List<Start>> starts) {
    out.println(
        """

        Milliseconds: until ready · first answer · steady answer. Of a snapshot the first answer is from its restore on.

        | function | plain | C1, serial GC | the same with an AOT cache | snapshot, rehearsed |
        | --- | --- | --- | --- | --- |\
        """);
    for (String function : FUNCTIONS) {
      StringBuilder row = new StringBuilder("| " + function);
      for (Way way : Way.values()) {
        Start median = median(starts.getOrDefault(function + way, List.of()));
        row.append(
            String.format(
                Locale.ROOT,
                " | %.0f · %.0f · %.1f",
                median.ready() / 1e6,
                median.first() / 1e6,
                median.steady() / 1e6));
      }
      out.println(row + " |");
    }
    out.println(
        """

        Who finds no instance waits, and each later call, compared with plain:

        | function | C1, serial GC | the same with an AOT cache | snapshot, rehearsed |
        | --- | --- | --- | --- |\
        """);
    for (String function : FUNCTIONS) {
      Start plain = median(starts.getOrDefault(function + Way.PLAIN, List.of()));
      StringBuilder row = new StringBuilder("| " + function);
      for (Way way : List.of(Way.C1, Way.AOT_CACHE, Way.SNAPSHOT)) {
        Start median = median(starts.getOrDefault(function + way, List.of()));
        row.append(
            String.format(
                Locale.ROOT,
                " | %.3f · %.2f",
                (double) median.cold(way) / plain.cold(Way.PLAIN),
                (double) median.steady() / plain.steady()));
      }
      out.println(row + " |");
    }
  }

  /** Each figure's own median. */
  private static Start median(List<Start> starts) {
    return new Start(
        middle(starts.stream().mapToLong(Start::ready).sorted().toArray()),
        middle(starts.stream().mapToLong(Start::first).sorted().toArray()),
        middle(starts.stream().mapToLong(Start::steady).sorted().toArray()));
  }

  private static long middle(long[] sorted) {
    return sorted[sorted.length / 2];
  }

  /** Date, machine and commit, without which a number means nothing; package and JVM alone. */
  private void heading() throws IOException, InterruptedException {
    String root = System.getProperty("virga.root");
    out.printf(
        Locale.ROOT,
        "%s, %d cores (%s), %s %s, commit %s, %d rounds%n",
        LocalDate.now(ZoneOffset.UTC),
        Runtime.getRuntime().availableProcessors(),
        said("sh", "-c", "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1"),
        System.getProperty("java.vm.name"),
        System.getProperty("java.version"),
        said("git", "-C", root, "describe", "--always", "--dirty"),
        rounds);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    long[] alone = new long[9];
    for (int i = 0; i < alone.length; i++) {
      long began = System.nanoTime();
      said(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-version");
      alone[i] = System.nanoTime() - began;
    }
    Arrays.sort(alone);
    out.printf(
        Locale.ROOT,
        "The package has %.1f MB, of which the jar unpacked %.1f MB; a JVM that does nothing takes"
            + " %.0f ms.%n",
        Files.size(Path.of(root, "functions", "target", "virga-functions.zip")) / 1e6,
        Files.size(RuntimeApi.task().resolve("lib/virga-functions.jar")) / 1e6,
        middle(alone) / 1e6);
  }

  private static String said(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream in = process.getInputStream()) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 && !text.isEmpty() ? text : "unknown";
    }
  }
}

package dev.virga.bench;

import dev.virga.bench.load.CrowdBench;
import dev.virga.bench.load.GrowthBench;
import dev.virga.bench.load.HostBench;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code virga bench}: measures, and prints tables that can be pasted into the README beside. */
@Command(
    name = "bench",
    description = "Measures the library, a host, its growth, or a crowd.",
    mixinStandardHelpOptions = true)
public final class Bench implements Runnable {
  @Option(names = "--root", description = "The project's directory. [.]")
  private Path root = Path.of("");

  @Option(names = "--seconds", description = "For each measurement. [5]")
  private int seconds = 5;

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        new CommandLine(this), "Say what: library, host, growth or crowd");
  }

  private Duration time() {
    return Duration.ofSeconds(seconds);
  }

  @Command(description = "The protocol library, by JMH.")
  void library(
      @Option(names = "--only", description = "A part of the benchmarks' names.") String only)
      throws Exception {
    heading();
    var results =
        new Runner(
                new OptionsBuilder()
                    .include("dev\\.virga\\.bench\\.library\\..*" + (only == null ? "" : only))
                    .mode(Mode.AverageTime)
                    .timeUnit(java.util.concurrent.TimeUnit.MICROSECONDS)
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(3)
                    .measurementTime(TimeValue.seconds(1))
                    .jvmArgsAppend("-XX:+UseSerialGC", "-Xmx1g")
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    out.println("\n| library | records | µs an operation |\n| --- | --- | --- |");
    results.forEach(
        result -> {
          String name = result.getParams().getBenchmark();
          String records = result.getParams().getParam("records");
          out.printf(
              "| %s | %s | %.2f |%n",
              name.substring(name.lastIndexOf('.') + 1),
              records == null ? "" : records,
              result.getPrimaryResult().getScore());
        });
  }

  @Command(description = "A host, operation by operation.")
  void host() throws Exception {
    heading();
    HostBench.run(root.toAbsolutePath(), time(), out);
  }

  @Command(description = "One repository as it grows.")
  void growth(
      @Option(names = "--records", defaultValue = "1000000", description = "The most. [1000000]")
          int records)
      throws Exception {
    heading();
    GrowthBench.run(root.toAbsolutePath(), time(), records, out);
  }

  @Command(description = "Many accounts and many subscribers.")
  void crowd(
      @Option(names = "--accounts", defaultValue = "1000") int accounts,
      @Option(names = "--idle", defaultValue = "1000") int idle,
      @Option(names = "--busy", defaultValue = "100") int busy)
      throws Exception {
    heading();
    CrowdBench.run(root.toAbsolutePath(), time(), accounts, idle, busy, out);
  }

  /** Date, machine and commit, without which a number means nothing. */
  private void heading() {
    out.printf(
        "%s, %d cores (%s), %s %s, commit %s%n",
        LocalDate.now(ZoneOffset.UTC),
        Runtime.getRuntime().availableProcessors(),
        first("sh", "-c", "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1"),
        System.getProperty("java.vm.name"),
        System.getProperty("java.version"),
        first("git", "-C", root.toAbsolutePath().toString(), "describe", "--always", "--dirty"));
  }

  private static String first(String... command) {
    try {
      Process process = new ProcessBuilder(command).start();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        return line == null || line.isBlank() ? "unknown" : line;
      }
    } catch (IOException e) {
      return "unknown";
    }
  }
}

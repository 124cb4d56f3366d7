package dev.virga.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A host started for a benchmark on a directory of its own, which goes with it. */
final class HostProcess implements AutoCloseable {
  private static final String READY = "Virga is ready at ";
  private static final long MILLIS_PER_TICK = 10;

  private final Process process;
  private final Path directory;
  private final URI url;
  private final Duration start;

  private HostProcess(Process process, Path directory, URI url, Duration start) {
    this.process = process;
    this.directory = directory;
    this.url = url;
    this.start = start;
  }

  /**
   * Starts a host and waits for its first answer.
   *
   * @param root of the project
   */
  static HostProcess start(Path root, Map<String, String> environment) throws IOException {
    Path directory = Files.createTempDirectory("virga-bench");
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    root.resolve("virga").toString(),
                    "run",
                    "--port",
                    "0",
                    "--data-directory",
                    directory.toString()))
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    long begun = System.nanoTime();
    Process process = builder.start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(READY)) {
        URI url = URI.create(line.substring(READY.length()));
        try (Wire wire = new Wire(url)) {
          wire.get("/xrpc/com.atproto.server.describeServer");
        }
        Duration start = Duration.ofNanos(System.nanoTime() - begun);
        Thread.ofVirtual().start(() -> drain(lines));
        return new HostProcess(process, directory, url, start);
      }
      System.err.println(line);
    }
    throw new IOException("the host did not start");
  }

  private static void drain(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {}
    } catch (IOException e) {
      return; // it ended
    }
  }

  URI url() {
    return url;
  }

  /** From the command to the first answer. */
  Duration start() {
    return start;
  }

  long pid() {
    return process.pid();
  }

  /** Processor time so far, in milliseconds; in steps of 10. */
  long cpuMillis() {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
    } catch (IOException e) { // no such file system
      return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }
  }

  /** Kinds of resident memory, by the system's names. */
  enum Memory {
    ALL("VmRSS:"),
    HIGHEST("VmHWM:"),
    /** Without pages of files. */
    OWN("RssAnon:");

    private final String field;

    Memory(String field) {
      this.field = field;
    }
  }

  /** Resident memory in MB; 0 where the system does not say. */
  long megabytes(Memory kind) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith(kind.field))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0L);
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().join();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(Objects.requireNonNull(file));
      }
    }
  }
}

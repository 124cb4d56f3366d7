package dev.virga.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.config.PdsConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link Host} in a process of its own, to be killed. */
final class HostProcess implements AutoCloseable {
  private static final String READY = "ready ";

  private final Process process;
  private final int port;

  private HostProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The process itself: serves a directory until it is killed. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Map<String, String> variables = new HashMap<>();
    variables.put("PDS_PORT", "0");
    variables.put("PDS_DATA_DIRECTORY", args[0]);
    PdsConfig config =
        PdsConfig.parse(new SecretFile(directory, new SecureRandom()).complete(variables));
    try (Host host = Host.start(config, directory)) {
      System.out.println(READY + host.config().service().port());
      host.join();
    }
  }

  static HostProcess start(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HostProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    @Nullable String line;
    while ((line = lines.readLine()) != null) {
      if (line.startsWith(READY)) {
        return new HostProcess(process, Integer.parseInt(line.substring(READY.length())));
      }
    }
    throw new IOException("the host did not start: " + process.onExit().join().exitValue());
  }

  int port() {
    return port;
  }

  /** As {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}

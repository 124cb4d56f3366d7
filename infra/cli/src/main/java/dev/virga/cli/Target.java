package dev.virga.cli;

import dev.virga.host.SecretFile;
import dev.virga.pds.config.EnvFile;
import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which PDS a command is about: a data directory, or with {@code VIRGA_TABLE} in the environment
 * the stores of a deployment. The same options and variables as of {@code virga run}.
 */
final class Target {
  private static final String DEFAULT_DIRECTORY = "data";

  @Option(names = "--data-directory", description = "Where everything is kept. [data]")
  private @Nullable Path dataDirectory;

  @Option(names = "--env-file", description = "File of NAME=value lines, such as pds.env.")
  private @Nullable Path envFile;

  @Option(names = "--hostname", description = "Public hostname. [localhost]")
  private @Nullable String hostname;

  /** Opens the stores for reading, or for writing as the only one. */
  OpenStores open(boolean toWrite) throws IOException {
    Map<String, String> variables = new HashMap<>();
    if (envFile != null) {
      variables.putAll(EnvFile.parse(Files.readString(envFile)));
    }
    variables.putAll(System.getenv());
    if (dataDirectory != null) {
      variables.put("PDS_DATA_DIRECTORY", dataDirectory.toString());
    }
    if (hostname != null) {
      variables.put("PDS_HOSTNAME", hostname);
    }
    Path directory = Path.of(variables.getOrDefault("PDS_DATA_DIRECTORY", DEFAULT_DIRECTORY));
    if (!variables.getOrDefault("VIRGA_TABLE", "").isBlank()) {
      return OpenStores.cloud(PdsConfig.parse(variables), variables);
    }
    if (toWrite) {
      Files.createDirectories(directory);
    } else if (!Files.isDirectory(directory)) {
      throw new IOException("there is no data directory " + directory);
    }
    SecretFile secrets = new SecretFile(directory, new SecureRandom());
    return OpenStores.embedded(PdsConfig.parse(secrets.complete(variables)), directory, toWrite);
  }
}

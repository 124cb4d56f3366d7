package dev.virga.cli;

import dev.virga.host.Mode;
import dev.virga.pds.config.ConfigException;
import java.util.Locale;
import java.util.Map;

/**
 * Which kind of host {@link Run} starts.
 *
 * @param cloud whether it is on DynamoDB and S3
 */
record Launch(boolean cloud, Mode mode) {
  /**
   * Reads {@code VIRGA_BACKEND} and {@code VIRGA_MODE}; a table's name alone means the cloud.
   *
   * @throws ConfigException if one is unknown, or they do not go together
   */
  static Launch of(Map<String, String> variables) {
    String table = value(variables, "VIRGA_TABLE");
    String backend = value(variables, "VIRGA_BACKEND");
    boolean cloud =
        switch (backend) {
          case "" -> !table.isEmpty();
          case "embedded" -> false;
          case "cloud" -> true;
          default ->
              throw new ConfigException(
                  "VIRGA_BACKEND", "is '" + backend + "', not embedded or cloud");
        };
    String name = value(variables, "VIRGA_MODE");
    Mode mode =
        switch (name) {
          case "", "all" -> Mode.ALL;
          case "firehose" -> Mode.FIREHOSE;
          default ->
              throw new ConfigException("VIRGA_MODE", "is '" + name + "', not all or firehose");
        };
    if (mode == Mode.FIREHOSE && !cloud) {
      throw new ConfigException(
          "VIRGA_MODE", "is firehose, which needs a cloud backend: set VIRGA_TABLE");
    }
    return new Launch(cloud, mode);
  }

  private static String value(Map<String, String> variables, String name) {
    return variables.getOrDefault(name, "").strip().toLowerCase(Locale.ROOT);
  }
}

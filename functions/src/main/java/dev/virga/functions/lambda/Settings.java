package dev.virga.functions.lambda;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.secrets.SsmParameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables that a function works with: those of its environment, and the secrets, which are
 * read from their parameters once, before a snapshot is taken.
 */
final class Settings {
  /** Where the secrets are: the path of their parameters, such as {@code /virga}. */
  static final String SECRETS = "VIRGA_SECRETS";

  /** Lambda hands on so much of a request that base64 has made larger by a third. */
  private static final String UPLOAD_LIMIT = "4400000";

  private static final String UPLOAD_LIMIT_NAME = "PDS_BLOB_UPLOAD_LIMIT";

  private Settings() {}

  /**
   * The environment and the secrets; what the environment says wins.
   *
   * @throws dev.virga.pds.store.StoreException if the parameters cannot be read
   */
  static Map<String, String> read(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>();
    if (!environment.getOrDefault("VIRGA_FIREHOSE_URL", "").isBlank()) {
      all.remove(UPLOAD_LIMIT_NAME); // the host takes what is too large for us
    } else {
      all.put(UPLOAD_LIMIT_NAME, UPLOAD_LIMIT);
    }
    try (AwsEnvironment aws = AwsEnvironment.of(environment, List.of())) {
      aws.value(SECRETS).ifPresent(path -> all.putAll(SsmParameters.of(aws).read(path)));
    }
    environment.forEach(
        (name, value) -> {
          if (!value.isBlank()) {
            all.put(name, value);
          }
        });
    return Map.copyOf(all);
  }
}

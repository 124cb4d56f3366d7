package dev.virga.pds.mail;

import dev.virga.pds.config.PdsConfig;
import java.util.HashMap;
import java.util.Map;

/** Configurations for tests, from a few variables. */
public final class Configs {
  private static final String HEX = "11".repeat(32);

  private Configs() {}

  public static PdsConfig with(String... namesAndValues) {
    Map<String, String> env = new HashMap<>();
    env.put(PdsConfig.JWT_SECRET, "jwt-secret");
    env.put(PdsConfig.ADMIN_PASSWORD, "admin-password");
    env.put(PdsConfig.ROTATION_KEY, HEX);
    env.put(PdsConfig.KEY_SEALING_SECRET, HEX);
    env.put(PdsConfig.DPOP_SECRET, HEX);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      env.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return PdsConfig.parse(env);
  }
}

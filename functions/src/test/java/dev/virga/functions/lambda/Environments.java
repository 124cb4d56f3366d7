package dev.virga.functions.lambda;

import dev.virga.aws.LocalServers;
import dev.virga.pds.config.PdsConfig;
import java.util.HashMap;
import java.util.Map;

/** Environments of functions on the local servers, for tests. */
final class Environments {
  private Environments() {}

  /** A new, empty deployment with open sign-up; its secrets are in the environment. */
  static Map<String, String> fresh(FakePlc plc) {
    Map<String, String> variables = new HashMap<>(LocalServers.environmentOfNewStores());
    variables.put("PDS_HOSTNAME", "pds.example.com");
    variables.put("PDS_INVITE_REQUIRED", "false");
    variables.put("PDS_DEV_MODE", "true");
    variables.put("PDS_DID_PLC_URL", plc.url());
    variables.put("PDS_BLOB_UPLOAD_LIMIT", "6000000");
    variables.put("VIRGA_EDGE_TOKEN", "edge-token");
    variables.put(PdsConfig.JWT_SECRET, "a secret for tokens");
    variables.put(PdsConfig.ADMIN_PASSWORD, "sample");
    variables.put(PdsConfig.ROTATION_KEY, "11".repeat(32));
    variables.put(PdsConfig.KEY_SEALING_SECRET, "22".repeat(32));
    variables.put(PdsConfig.DPOP_SECRET, "33".repeat(32));
    return variables;
  }
}

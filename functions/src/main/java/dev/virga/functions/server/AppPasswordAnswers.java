package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.pds.auth.AppPassword;

/** App passwords as they are shown: without the secret. */
final class AppPasswordAnswers {
  private AppPasswordAnswers() {}

  static Value.Builder of(AppPassword password) {
    return Value.Obj.builder()
        .put("name", password.name())
        .put("createdAt", password.createdAt().toString())
        .put("privileged", password.privileged());
  }
}

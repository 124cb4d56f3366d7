package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Datetime;
import dev.virga.pds.account.InviteCodes;
import java.util.List;

/** Shows invite codes as {@code com.atproto.server.defs#inviteCode}. */
public final class InviteViews {
  private InviteViews() {}

  public static Value of(InviteCodes.Code code) {
    return Value.Obj.builder()
        .put("code", code.code())
        .put("available", code.available())
        .put("disabled", code.disabled())
        .put("forAccount", code.forAccount())
        .put("createdBy", code.createdBy())
        .put("createdAt", Datetime.of(code.createdAt()).text())
        .put("uses", new Value.Array(code.uses().stream().map(InviteViews::use).toList()))
        .build();
  }

  public static Value of(List<InviteCodes.Code> codes) {
    return new Value.Array(codes.stream().map(InviteViews::of).toList());
  }

  private static Value use(InviteCodes.Use use) {
    return Value.Obj.builder()
        .put("usedBy", use.usedBy().text())
        .put("usedAt", Datetime.of(use.usedAt()).text())
        .build();
  }
}

package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Datetime;
import dev.virga.functions.server.InviteViews;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.InviteCodes;
import java.util.Optional;

/** Shows accounts as {@code com.atproto.admin.defs#accountView}. */
public final class AccountViews {
  private final InviteCodes invites;

  public AccountViews(InviteCodes invites) {
    this.invites = invites;
  }

  Value of(Account account) {
    Value.Builder view =
        Value.Obj.builder()
            .put("did", account.did().text())
            .put("handle", account.handle().text())
            .put("email", account.email().text())
            .put("indexedAt", Datetime.of(account.createdAt()).text())
            .put("invites", InviteViews.of(invites.of(account.did().text())))
            .put("invitesDisabled", account.invitesDisabled());
    if (account.emailConfirmedAt() != null) {
      view.put("emailConfirmedAt", Datetime.of(account.emailConfirmedAt()).text());
    }
    Optional.ofNullable(account.inviteCode())
        .flatMap(invites::find)
        .ifPresent(code -> view.put("invitedBy", InviteViews.of(code)));
    if (account.status().own() instanceof AccountStatus.Deactivated off) {
      view.put("deactivatedAt", Datetime.of(off.since()).text());
    }
    return view.build();
  }
}

package dev.virga.pds.auth;

import dev.virga.atproto.syntax.Nsid;
import java.util.Locale;
import java.util.Set;

/**
 * Which methods may be called elsewhere on an account's behalf, and by which of its sessions.
 *
 * <p>Names of methods are compared without regard to case, since other servers may. Source:
 * behaviour §8, where newer chat methods are a gap that is closed here.
 */
public final class MethodRules {
  private static final Set<String> PROTECTED =
      Set.of(
          "com.atproto.admin.sendemail",
          "com.atproto.identity.requestplcoperationsignature",
          "com.atproto.identity.signplcoperation",
          "com.atproto.identity.updatehandle",
          "com.atproto.server.activateaccount",
          "com.atproto.server.confirmemail",
          "com.atproto.server.createapppassword",
          "com.atproto.server.deactivateaccount",
          "com.atproto.server.getaccountinvitecodes",
          "com.atproto.server.getsession",
          "com.atproto.server.listapppasswords",
          "com.atproto.server.requestaccountdelete",
          "com.atproto.server.requestemailconfirmation",
          "com.atproto.server.requestemailupdate",
          "com.atproto.server.revokeapppassword",
          "com.atproto.server.updateemail");

  private static final String CREATE_ACCOUNT = "com.atproto.server.createaccount";

  private MethodRules() {}

  /** Whether no token for a method is ever made out to another server. */
  public static boolean isProtected(Nsid method) {
    return PROTECTED.contains(lower(method));
  }

  /** Whether a plain app password is not enough for a method. */
  public static boolean isPrivileged(Nsid method) {
    return lower(method).startsWith("chat.bsky.") || isCreateAccount(method);
  }

  /** Whether this is the method by which an account moves, which a taken-down one may still do. */
  public static boolean isCreateAccount(Nsid method) {
    return lower(method).equals(CREATE_ACCOUNT);
  }

  private static String lower(Nsid method) {
    return method.text().toLowerCase(Locale.ROOT);
  }
}

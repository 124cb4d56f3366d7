package dev.virga.functions.lambda;

import dev.virga.atproto.syntax.Nsid;
import java.util.Map;
import java.util.Set;

/**
 * The table of methods and the {@link Group} that each belongs to: exactly one, which the routes of
 * the HTTP API must follow.
 *
 * <p>Routes take any verb ({@code ANY /xrpc/<method>}), so that preflights, HEAD and wrong verbs
 * are answered where the method is. What has no route of its own goes to {@link Group#PROXY}.
 */
public final class Groups {
  /** Chapters of the protocol by the group of most of their methods. */
  private static final Map<String, Group> CHAPTERS =
      Map.of(
          "com.atproto.admin", Group.ADMIN,
          "com.atproto.identity", Group.ACCOUNT,
          "com.atproto.moderation", Group.ACCOUNT,
          "com.atproto.repo", Group.WRITE,
          "com.atproto.server", Group.ACCOUNT,
          "com.atproto.sync", Group.READ,
          "com.atproto.temp", Group.ACCOUNT);

  private static final Set<String> READING =
      Set.of(
          "com.atproto.identity.resolveDid",
          "com.atproto.identity.resolveHandle",
          "com.atproto.identity.resolveIdentity",
          "com.atproto.repo.describeRepo",
          "com.atproto.repo.getRecord",
          "com.atproto.repo.listRecords",
          "com.atproto.server.describeServer");

  private static final Set<String> OF_THE_OPERATOR =
      Set.of("com.atproto.server.createInviteCode", "com.atproto.server.createInviteCodes");

  private static final Set<String> PREFERENCES =
      Set.of("app.bsky.actor.getPreferences", "app.bsky.actor.putPreferences");

  private Groups() {}

  /** The group of a method of this server; {@link Group#PROXY} for one of another. */
  public static Group of(Nsid method) {
    String name = method.text();
    if (READING.contains(name)) {
      return Group.READ;
    }
    if (OF_THE_OPERATOR.contains(name)) {
      return Group.ADMIN;
    }
    if (PREFERENCES.contains(name)) {
      return Group.ACCOUNT;
    }
    return CHAPTERS.getOrDefault(name.substring(0, name.lastIndexOf('.')), Group.PROXY);
  }
}

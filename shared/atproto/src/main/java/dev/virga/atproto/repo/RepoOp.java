package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a commit did to one record, as {@code #commit} events say it.
 *
 * @param cid the record after the commit; null if deleted
 * @param prev the record before the commit; null if created
 */
public record RepoOp(Action action, RepoPath path, @Nullable Cid cid, @Nullable Cid prev) {

  /** The kind of change. */
  public enum Action {
    CREATE,
    UPDATE,
    DELETE;

    /** The name on the wire: {@code create}, {@code update} or {@code delete}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public RepoOp {
    if ((cid == null) != (action == Action.DELETE) || (prev == null) != (action == Action.CREATE)) {
      throw new IllegalArgumentException("CIDs do not fit the action " + action.text());
    }
  }

  public static RepoOp create(RepoPath path, Cid cid) {
    return new RepoOp(Action.CREATE, path, cid, null);
  }

  public static RepoOp update(RepoPath path, Cid cid, Cid prev) {
    return new RepoOp(Action.UPDATE, path, cid, prev);
  }

  public static RepoOp delete(RepoPath path, Cid prev) {
    return new RepoOp(Action.DELETE, path, null, prev);
  }
}

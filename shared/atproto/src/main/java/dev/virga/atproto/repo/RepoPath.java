package dev.virga.atproto.repo;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.atproto.syntax.SyntaxException;

/**
 * Where a record lives in its repository: {@code collection/rkey}, which is also its key in the
 * tree. Source: atproto.com/specs/repository, "repo paths".
 */
public record RepoPath(Nsid collection, RecordKey rkey) {

  /**
   * Reads a path.
   *
   * @throws SyntaxException if it is not an NSID, a slash and a record key
   */
  public static RepoPath parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new SyntaxException("not a repository path");
    }
    return new RepoPath(
        Nsid.parse(text.substring(0, slash)), RecordKey.parse(text.substring(slash + 1)));
  }

  /** The key in the tree. */
  @Override
  public String toString() {
    return collection.text() + "/" + rkey.text();
  }
}

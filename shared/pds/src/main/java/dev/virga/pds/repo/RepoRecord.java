package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;

/**
 * A record as stored.
 *
 * @param path {@code collection/rkey}
 * @param bytes its DAG-CBOR
 * @param takendown whether moderation has hidden it
 */
@SuppressWarnings("ArrayRecordComponent")
public record RepoRecord(String path, Cid cid, byte[] bytes, boolean takendown) {
  public String rkey() {
    return path.substring(path.indexOf('/') + 1);
  }
}

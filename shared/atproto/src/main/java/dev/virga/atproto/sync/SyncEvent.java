package dev.virga.atproto.sync;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;

/**
 * {@code #sync}: where a repository stands, whatever was known of it before.
 *
 * @param blocks a CAR with the commit block only
 */
@SuppressWarnings("ArrayRecordComponent")
public record SyncEvent(Did did, Tid rev, byte[] blocks) implements EventBody {
  static final String TYPE = "#sync";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Value.Obj fields() {
    return Value.Obj.builder()
        .put("did", did.text())
        .put("rev", rev.toString())
        .put("blocks", new Value.Bytes(blocks))
        .build();
  }

  static SyncEvent from(Fields fields) {
    return new SyncEvent(
        Did.parse(fields.text("did")), Tid.parse(fields.text("rev")), fields.bytes("blocks"));
  }
}

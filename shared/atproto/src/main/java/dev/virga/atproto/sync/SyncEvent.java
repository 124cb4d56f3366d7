package dev.virga.atproto.sync;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import java.util.Arrays;

/**
 * {@code #sync}: where a repository stands, whatever was known of it before.
 *
 * @param blocks a CAR with the commit block only
 */
@SuppressWarnings("ArrayRecordComponent")
public record SyncEvent(Did did, Tid rev, byte[] blocks) implements EventBody {
  /** Bytes of blocks; a commit takes some 250. Lexicon of subscribeRepos, {@code #sync}. */
  public static final int MAX_BLOCKS = 10_000;

  static final String TYPE = "#sync";

  /**
   * Keeps the limit of the event.
   *
   * @throws DataException if the blocks are too many
   */
  public SyncEvent {
    if (blocks.length > MAX_BLOCKS) {
      throw new DataException("more than " + MAX_BLOCKS + " bytes of blocks in a sync event");
    }
  }

  @Override
  public String type() {
    return TYPE;
  }

  void write(EventWriter out) {
    out.begin(3);
    out.text("did", did.text());
    out.text("rev", rev.toString());
    out.seq();
    out.time();
    out.blocks("blocks", blocks);
  }

  static SyncEvent from(Fields fields) {
    return new SyncEvent(
        Did.parse(fields.text("did")), Tid.parse(fields.text("rev")), fields.bytes("blocks"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SyncEvent that
        && did.equals(that.did)
        && rev.equals(that.rev)
        && Arrays.equals(blocks, that.blocks);
  }

  @Override
  public int hashCode() {
    return 31 * did.hashCode() + rev.hashCode();
  }
}

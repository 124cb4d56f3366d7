package dev.virga.atproto.sync;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happened to an account or its repository, before it has a number in the stream. */
public sealed interface EventBody permits CommitEvent, SyncEvent, IdentityEvent, AccountEvent {

  /** The name of the message, e.g. {@code #commit}. */
  String type();

  /** The account that it happened to. */
  Did did();

  /** The payload but for {@code seq} and {@code time}. */
  default Value.Obj fields() {
    return DagCbor.decodeObj(EventWriter.payload(this));
  }

  /** A compact form to store: an array of the name and the fields, in DAG-CBOR. */
  default byte[] encode() {
    return EventWriter.atRest(this);
  }

  /**
   * Reads the stored form.
   *
   * @throws IllegalArgumentException ({@link DataException} or a syntax error) if it is anything
   *     else
   */
  static EventBody decode(byte[] stored) {
    if (!(DagCbor.decode(stored) instanceof Value.Array(var parts))
        || parts.size() != 2
        || !(parts.get(0) instanceof Value.Text(String type))
        || !(parts.get(1) instanceof Value.Obj fields)) {
      throw new DataException("not a stored event");
    }
    return new Fields(fields).event(type);
  }

  /**
   * Whether the stored form is that of a commit, whose blocks may be elsewhere.
   *
   * @throws DataException if the bytes are no stored event
   */
  static boolean isCommit(byte[] stored) {
    return StoredEvent.type(stored).equals(CommitEvent.TYPE);
  }

  /**
   * The message that subscribers get, from the stored form.
   *
   * @param blocks of a commit stored without them; null to leave the event as it is
   * @param seq 1 to 2^53 - 1
   * @param time when the event got its number; sent in milliseconds
   * @throws DataException if the bytes are no stored event, or there are too many blocks
   */
  static byte[] frame(byte[] stored, byte @Nullable [] blocks, long seq, Instant time) {
    if (blocks != null && blocks.length > CommitEvent.MAX_BLOCKS) {
      throw new DataException("more than " + CommitEvent.MAX_BLOCKS + " bytes of blocks");
    }
    return StoredEvent.frame(stored, blocks, seq, time);
  }

  /**
   * The message that subscribers get.
   *
   * @param seq 1 to 2^53 - 1
   * @param time when the event got its number; sent in milliseconds
   */
  default byte[] frame(long seq, Instant time) {
    return EventWriter.frame(this, seq, time);
  }
}

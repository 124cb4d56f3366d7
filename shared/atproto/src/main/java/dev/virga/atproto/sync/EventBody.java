package dev.virga.atproto.sync;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Datetime;
import dev.virga.atproto.syntax.Did;
import java.time.Instant;
import java.util.List;

/** What happened to an account or its repository, before it has a number in the stream. */
public sealed interface EventBody permits CommitEvent, SyncEvent, IdentityEvent, AccountEvent {

  /** The name of the message, e.g. {@code #commit}. */
  String type();

  /** The account that it happened to. */
  Did did();

  /** The payload but for {@code seq} and {@code time}. */
  Value.Obj fields();

  /** A compact form to store: an array of the name and the fields, in DAG-CBOR. */
  default byte[] encode() {
    return DagCbor.encode(new Value.Array(List.of(Value.of(type()), fields())));
  }

  /**
   * Reads the stored form.
   *
   * @throws DataException if it is anything else
   */
  static EventBody decode(byte[] stored) {
    if (!(DagCbor.decode(stored) instanceof Value.Array(var parts))
        || parts.size() != 2
        || !(parts.get(0) instanceof Value.Text(String type))
        || !(parts.get(1) instanceof Value.Obj fields)) {
      throw new DataException("not a stored event");
    }
    Fields read = new Fields(fields);
    return switch (type) {
      case CommitEvent.TYPE -> CommitEvent.from(read);
      case SyncEvent.TYPE -> SyncEvent.from(read);
      case IdentityEvent.TYPE -> IdentityEvent.from(read);
      case AccountEvent.TYPE -> AccountEvent.from(read);
      default -> throw new DataException("not a stored event: " + type);
    };
  }

  /**
   * The message that subscribers get.
   *
   * @param seq positive, below 2^53
   * @param time when the event got its number
   */
  default byte[] frame(long seq, Instant time) {
    Value.Obj numbered =
        fields().with("seq", Value.of(seq)).with("time", Value.of(Datetime.of(time).text()));
    return Frame.message(type(), numbered);
  }
}

package dev.virga.atproto.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.List;
import java.util.Optional;

/** The fields of an event's payload as they are read back, each demanded by type. */
record Fields(Value.Obj of) {
  /** The event of that type whose payload these fields are; unknown fields may pass. */
  EventBody event(String type) {
    return switch (type) {
      case CommitEvent.TYPE -> CommitEvent.from(this);
      case SyncEvent.TYPE -> SyncEvent.from(this);
      case IdentityEvent.TYPE -> IdentityEvent.from(this);
      case AccountEvent.TYPE -> AccountEvent.from(this);
      default -> throw new DataException("not an event: " + type);
    };
  }

  String text(String name) {
    return of.text(name).orElseThrow(() -> bad(name));
  }

  Optional<String> optionalText(String name) {
    return isAbsent(name) ? Optional.empty() : Optional.of(text(name));
  }

  long integer(String name) {
    return of.integer(name).orElseThrow(() -> bad(name));
  }

  byte[] bytes(String name) {
    return of.bytes(name).orElseThrow(() -> bad(name));
  }

  Cid link(String name) {
    return of.link(name).orElseThrow(() -> bad(name));
  }

  Optional<Cid> optionalLink(String name) {
    return isAbsent(name) ? Optional.empty() : Optional.of(link(name));
  }

  private boolean isAbsent(String name) {
    return of.get(name).orElse(Value.Null.NULL) == Value.Null.NULL;
  }

  boolean flag(String name) {
    return of.bool(name).orElseThrow(() -> bad(name));
  }

  List<Value> array(String name) {
    return of.array(name).orElseThrow(() -> bad(name));
  }

  private static DataException bad(String name) {
    return new DataException("event without " + name + ", or of another type");
  }
}

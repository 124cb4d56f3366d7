package dev.virga.atproto.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.List;
import java.util.Optional;

/** The fields of an event's payload as they are read back, each demanded by type. */
record Fields(Value.Obj of) {
  String text(String name) {
    return of.text(name).orElseThrow(() -> bad(name));
  }

  Optional<String> optionalText(String name) {
    return of.text(name);
  }

  byte[] bytes(String name) {
    return of.bytes(name).orElseThrow(() -> bad(name));
  }

  Cid link(String name) {
    return of.link(name).orElseThrow(() -> bad(name));
  }

  Optional<Cid> optionalLink(String name) {
    return of.link(name);
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

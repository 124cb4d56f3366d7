package dev.virga.pds.repo;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Commits too large for one transaction: decided on by one write, applied by many.
 *
 * <p>The writes are stored as an object, then the head is made to point to it as pending: that is
 * the commit point. From then on whoever reads the head applies the writes, in transactions that
 * each demand that the head is still pending, so that a slow one of several can do no harm. The
 * last transaction carries the new head and the event.
 */
public final class Redo {
  /** One write of each transaction is the check of the head. */
  private static final int CHUNK = Write.MAX_PER_TRANSACTION - 1;

  private final Index index;
  private final Objects objects;

  public Redo(Index index, Objects objects) {
    this.index = index;
    this.objects = objects;
  }

  /**
   * What a pending commit will do.
   *
   * @param steps unconditional puts and deletes in the repository's own partition
   * @param last conditional or not, in one transaction with the new head
   */
  record Plan(List<Write> steps, Head head, List<Write> last) {}

  /** Stores a plan, so that the head may point to it. */
  void store(Did did, Tid rev, Plan plan) {
    Value.Obj value =
        new Value.Obj(
            Map.of(
                "steps", StoredWrites.toValue(plan.steps()),
                "head", StoredWrites.toValue(plan.head().toItem()),
                "last", StoredWrites.toValue(plan.last())));
    objects.putIfAbsent(RepoKeys.redo(did, rev), DagCbor.encode(value), Objects.Metadata.NONE);
  }

  void discard(Did did, Tid rev) {
    objects.delete(RepoKeys.redo(did, rev));
  }

  /** Applies what a pending head points to; returns when this or another process has done so. */
  void finish(Did did, Head pending) {
    Tid rev = java.util.Objects.requireNonNull(pending.pending());
    Optional<byte[]> stored = objects.get(RepoKeys.redo(did, rev));
    Optional<Head> now = index.get(RepoKeys.head(did)).map(Head::from);
    if (now.isEmpty() || !now.get().etag().equals(pending.etag())) {
      return; // somebody else finished it, and may have removed the plan
    }
    Value.Obj plan =
        DagCbor.decodeObj(
            stored.orElseThrow(
                () -> new StoreException("object is missing: " + RepoKeys.redo(did, rev))));
    try {
      apply(did, pending, plan);
    } catch (ConditionFailedException e) {
      return; // likewise
    }
    discard(did, rev);
  }

  private void apply(Did did, Head pending, Value.Obj plan) throws ConditionFailedException {
    Key head = RepoKeys.head(did);
    Condition stillPending = Condition.equal("etag", pending.etag());
    List<Write> steps = StoredWrites.writes(did, plan, "steps");
    for (int from = 0; from < steps.size(); from += CHUNK) {
      List<Write> chunk =
          new ArrayList<>(steps.subList(from, Math.min(from + CHUNK, steps.size())));
      chunk.add(Write.check(head, stillPending));
      index.transact(chunk);
    }
    List<Write> last = new ArrayList<>(StoredWrites.writes(did, plan, "last"));
    last.add(Write.put(head, StoredWrites.item(plan, "head"), stillPending));
    index.transact(last);
  }

  /** Writes of one partition as a value of the data model. */
  static final class StoredWrites {
    private StoredWrites() {}

    static Value toValue(List<Write> writes) {
      List<Value> values = new ArrayList<>(writes.size());
      for (Write write : writes) {
        Map<String, Value> entry = new LinkedHashMap<>();
        entry.put("key", Value.of(write.key().sort()));
        switch (write) {
          case Write.Put put -> {
            entry.put("put", toValue(put.item()));
            if (put.expires() != null) {
              entry.put("expires", Value.of(put.expires().getEpochSecond()));
            }
          }
          case Write.Delete _ -> {}
          case Write.Update _, Write.Check _ ->
              throw new IllegalArgumentException("a plan holds puts and deletes only");
        }
        values.add(new Value.Obj(entry));
      }
      return new Value.Array(values);
    }

    static Value toValue(Item item) {
      Map<String, Value> values = new LinkedHashMap<>();
      item.attributes()
          .forEach(
              (name, attribute) ->
                  values.put(
                      name,
                      switch (attribute) {
                        case Item.Attribute.Text(String text) -> Value.of(text);
                        case Item.Attribute.Whole(long number) -> Value.of(number);
                        case Item.Attribute.Flag(boolean flag) -> Value.of(flag);
                        case Item.Attribute.Bytes(byte[] bytes) -> new Value.Bytes(bytes);
                      }));
      return new Value.Obj(values);
    }

    static List<Write> writes(Did did, Value.Obj plan, String name) {
      List<Write> writes = new ArrayList<>();
      for (Value value : array(plan, name)) {
        Value.Obj entry = (Value.Obj) value;
        Key key = new Key(did.text(), entry.text("key").orElseThrow());
        if (entry.get("put").isEmpty()) {
          writes.add(Write.delete(key));
        } else {
          java.time.Instant expires =
              entry.get("expires").orElse(null) instanceof Value.Int(long second)
                  ? java.time.Instant.ofEpochSecond(second)
                  : null;
          writes.add(new Write.Put(key, item(entry, "put"), expires, Condition.ALWAYS));
        }
      }
      return writes;
    }

    static Item item(Value.Obj from, String name) {
      Item.Builder item = Item.builder();
      ((Value.Obj) from.get(name).orElseThrow())
          .entries()
          .forEach(
              (attribute, value) -> {
                switch (value) {
                  case Value.Text(String text) -> item.text(attribute, text);
                  case Value.Int(long number) -> item.number(attribute, number);
                  case Value.Bool(boolean flag) -> item.flag(attribute, flag);
                  case Value.Bytes(byte[] bytes) -> item.bytes(attribute, bytes);
                  default -> throw new StoreException("plan is damaged at " + attribute);
                }
              });
      return item.build();
    }

    private static List<Value> array(Value.Obj plan, String name) {
      return plan.get(name).orElse(null) instanceof Value.Array(List<Value> items)
          ? items
          : List.of();
    }
  }
}

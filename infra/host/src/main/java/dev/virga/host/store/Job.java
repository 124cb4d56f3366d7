package dev.virga.host.store;

import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something for the {@link GroupCommit} to carry out, wholly or not at all. */
interface Job {
  /** How a job ended. */
  sealed interface Outcome {
    /** It was committed; {@code count} is what the job counted. */
    record Done(int count) implements Outcome {}

    /** Conditions did not hold; nothing was written. */
    record Refused(List<Key> failed) implements Outcome {}

    /** It cannot be carried out as it was asked; nothing was written. */
    record Invalid(String reason) implements Outcome {}

    /** The database failed. */
    record Broken(StoreException cause) implements Outcome {}
  }

  /** Checks, then writes. An outcome other than done has written nothing. */
  Outcome apply(Ledger ledger) throws SQLException;

  /** The writes of a transaction with their conditions. */
  static Job transaction(List<Write> writes) {
    List<Step> steps = writes.stream().map(Step::of).toList();
    return ledger -> {
      List<Key> failed = new ArrayList<>();
      List<Effect> effects = new ArrayList<>(steps.size());
      try {
        for (Step step : steps) {
          if (!step.check(ledger, effects)) {
            failed.add(step.write().key());
          }
        }
      } catch (IllegalArgumentException tooLarge) {
        return new Outcome.Invalid(String.valueOf(tooLarge.getMessage()));
      }
      if (!failed.isEmpty()) {
        return new Outcome.Refused(failed);
      }
      for (Effect effect : effects) {
        effect.apply(ledger);
      }
      return new Outcome.Done(effects.size());
    };
  }

  /** Those of the writes whose conditions hold, each looked at after those before it. */
  static Job each(List<Write> writes) {
    List<Step> steps = writes.stream().map(Step::of).toList();
    return ledger -> {
      int done = 0;
      List<Effect> effects = new ArrayList<>(1);
      for (Step step : steps) {
        try {
          step.check(ledger, effects);
        } catch (IllegalArgumentException tooLarge) {
          return new Outcome.Invalid(String.valueOf(tooLarge.getMessage()));
        }
        for (Effect effect : effects) {
          effect.apply(ledger);
          done++;
        }
        effects.clear();
      }
      return new Outcome.Done(done);
    };
  }

  /** Entries to store without conditions. */
  static Job puts(Collection<Entry> entries) {
    List<Effect> effects =
        entries.stream()
            .map(entry -> Effect.put(Address.of(entry.key()), entry.item(), entry.expires()))
            .toList();
    return all(effects);
  }

  /** One job after another, unless the first is not done. */
  default Job then(Job next) {
    return ledger -> {
      Outcome outcome = apply(ledger);
      return outcome instanceof Outcome.Done ? next.apply(ledger) : outcome;
    };
  }

  /** Keys to remove without conditions. */
  static Job deletes(Collection<Key> keys) {
    return all(keys.stream().map(key -> new Effect(Address.of(key), null, null)).toList());
  }

  private static Job all(List<Effect> effects) {
    return ledger -> {
      for (Effect effect : effects) {
        effect.apply(ledger);
      }
      return new Outcome.Done(effects.size());
    };
  }

  /** Removes some of what expired by then and counts it. */
  static Job sweep(Instant now, int limit) {
    return ledger -> {
      List<Address> expired = ledger.expired(now.getEpochSecond(), limit);
      for (Address address : expired) {
        ledger.delete(address);
      }
      return new Outcome.Done(expired.size());
    };
  }

  /** What a write does to the table once all conditions hold; no attributes mean removal. */
  @SuppressWarnings("ArrayRecordComponent")
  record Effect(Address address, byte @Nullable [] attributes, @Nullable Long expires) {
    static Effect put(Address address, Item item, @Nullable Instant expires) {
      return new Effect(
          address,
          ItemCodec.encode(address, item),
          expires == null ? null : expires.getEpochSecond());
    }

    void apply(Ledger ledger) throws SQLException {
      if (attributes == null) {
        ledger.delete(address);
      } else {
        ledger.put(address, attributes, expires);
      }
    }
  }

  /** A write made ready on the caller's thread, so that the writer's has less to do. */
  record Step(Write write, Address address, @Nullable Effect known) {
    static Step of(Write write) {
      Address address = Address.of(write.key());
      return new Step(
          write,
          address,
          switch (write) {
            case Write.Put put -> Effect.put(address, put.item(), put.expires());
            case Write.Delete _ -> new Effect(address, null, null);
            case Write.Update _, Write.Check _ -> null;
          });
    }

    /** Whether the condition holds; if so, adds what the write does. */
    boolean check(Ledger ledger, List<Effect> effects) throws SQLException {
      boolean blind = write.condition() instanceof Condition.Always;
      if (blind && known != null) {
        effects.add(known);
        return true;
      }
      Optional<ReadStatements.Row> row = ledger.get(address);
      Optional<Item> item = row.map(ReadStatements.Row::item);
      if (!Condition.holds(write.condition(), item)) {
        return false;
      }
      if (known != null) {
        effects.add(known);
      } else if (write instanceof Write.Update update) {
        @Nullable Instant expires =
            row.map(ReadStatements.Row::expires).map(ReadStatements::instant).orElse(null);
        effects.add(
            Effect.put(
                address, update.appliedTo(item.orElse(Item.EMPTY)), update.expiryAfter(expires)));
      }
      return true;
    }
  }
}

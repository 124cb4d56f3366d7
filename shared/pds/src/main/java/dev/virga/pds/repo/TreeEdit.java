package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.RecordWrite;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.pds.XrpcException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client's intents mean for the tree as it is: part of {@link RepoWriter}.
 *
 * @param writes the changes to the tree, no path twice
 * @param records the new records among them, by path
 */
record TreeEdit(List<RecordWrite> writes, Map<RepoPath, RecordIntent.Prepared> records) {

  /**
   * Resolves intents.
   *
   * @throws XrpcException InvalidSwap where a record is not what the client believes it to be,
   *     InvalidRequest where one is there that must not be, or the other way around
   */
  static TreeEdit resolve(Mst tree, List<RecordIntent> intents) {
    List<RecordWrite> writes = new ArrayList<>();
    Map<RepoPath, RecordIntent.Prepared> records = new LinkedHashMap<>();
    Set<RepoPath> seen = new HashSet<>();
    for (RecordIntent intent : intents) {
      RepoPath path = intent.path();
      if (!seen.add(path)) {
        throw XrpcException.invalidRequest("More than one write to the same record: " + path);
      }
      Optional<Cid> current = tree.get(path.toString());
      switch (intent) {
        case RecordIntent.Create(var _, RecordIntent.Prepared record, var _) -> {
          if (current.isPresent()) {
            throw XrpcException.invalidRequest("Record already exists: " + path);
          }
          writes.add(new RecordWrite.Create(path, record.cid()));
          records.put(path, record);
        }
        case RecordIntent.Put(var _, RecordIntent.Prepared record, RecordIntent.Swap swap) -> {
          if (current.filter(record.cid()::equals).isPresent()) {
            continue; // as asked for already, e.g. by the same request sent before
          }
          demand(swap, current);
          if (current.isEmpty()) {
            writes.add(new RecordWrite.Create(path, record.cid()));
            records.put(path, record);
          } else {
            writes.add(new RecordWrite.Update(path, record.cid()));
            records.put(path, record);
          }
        }
        case RecordIntent.Update(var _, RecordIntent.Prepared record) -> {
          if (current.isEmpty()) {
            throw XrpcException.invalidRequest("Could not find record: " + path);
          }
          writes.add(new RecordWrite.Update(path, record.cid()));
          records.put(path, record);
        }
        case RecordIntent.Delete(var _, RecordIntent.Swap swap, boolean mustExist) -> {
          demand(swap, current);
          if (current.isPresent()) {
            writes.add(new RecordWrite.Delete(path));
          } else if (mustExist) {
            throw XrpcException.invalidRequest("Could not find record: " + path);
          }
        }
      }
    }
    return new TreeEdit(writes, records);
  }

  private static void demand(RecordIntent.Swap swap, Optional<Cid> current) {
    boolean holds =
        switch (swap) {
          case RecordIntent.Swap.Any _ -> true;
          case RecordIntent.Swap.Nothing _ -> current.isEmpty();
          case RecordIntent.Swap.Exactly(Cid cid) -> current.filter(cid::equals).isPresent();
        };
    if (!holds) {
      throw XrpcException.badRequest(
          "InvalidSwap", "Record was at " + current.map(Cid::toString).orElse("null"));
    }
  }
}

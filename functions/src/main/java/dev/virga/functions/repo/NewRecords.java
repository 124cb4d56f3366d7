package dev.virga.functions.repo;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.RecordPreparer;
import java.util.Optional;

/** Takes records and their keys out of the bodies of write requests. */
public final class NewRecords {
  private final RecordPreparer preparer;
  private final TidClock tids;

  public NewRecords(RecordPreparer preparer, TidClock tids) {
    this.preparer = preparer;
    this.tids = tids;
  }

  /** The key that the client gave, else the collection's only one, else a fresh TID. */
  RecordKey keyOrNew(Nsid collection, Optional<String> given) {
    return given
        .map(RecordKey::parse)
        .or(() -> preparer.onlyKey(collection))
        .orElseGet(() -> RecordKey.parse(tids.next().toString()));
  }

  /**
   * The record under a field of a body, checked.
   *
   * @throws XrpcException 400 InvalidRequest, saying what is wrong
   */
  RecordPreparer.Checked prepare(
      RepoPath path, Value.Obj body, String field, Optional<Boolean> validate) {
    if (!(body.get(field).orElse(null) instanceof Value.Obj record)) {
      throw XrpcException.invalidRequest("Input/" + field + " must be an object");
    }
    return preparer.prepare(path, record, RecordPreparer.Validation.of(validate));
  }
}

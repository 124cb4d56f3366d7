package dev.virga.functions.repo;

import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.AtUri;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.repo.RecordPreparer;
import dev.virga.pds.repo.WriteOutcome;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** What the answers to writes have in common. */
final class Answers {
  private Answers() {}

  /** One record that was created or replaced, or was as asked for already. */
  static HttpResponse written(
      Did did, RepoPath path, RecordPreparer.Checked checked, WriteOutcome outcome) {
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          record(json, did, path, checked);
          commit(json, outcome);
          json.writeEndObject();
        });
  }

  /** The fields that name a record and say whether it was validated. */
  static void record(JsonGenerator json, Did did, RepoPath path, RecordPreparer.Checked checked) {
    json.writeStringProperty("uri", AtUri.of(did, path.collection(), path.rkey()).toString());
    json.writeStringProperty("cid", checked.record().cid().toString());
    validation(json, checked.status());
  }

  /** The commit that a write made, left out if it made none. */
  static void commit(JsonGenerator json, WriteOutcome outcome) {
    if (outcome instanceof WriteOutcome.Committed(var commit, var rev)) {
      json.writeObjectPropertyStart("commit");
      json.writeStringProperty("cid", commit.toString());
      json.writeStringProperty("rev", rev.toString());
      json.writeEndObject();
    }
  }

  /** Whether a record was validated, left out if nobody wanted it to be. */
  private static void validation(JsonGenerator json, Optional<String> status) {
    status.ifPresent(text -> json.writeStringProperty("validationStatus", text));
  }
}

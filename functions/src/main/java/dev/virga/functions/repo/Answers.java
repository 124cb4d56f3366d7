package dev.virga.functions.repo;

import dev.virga.pds.repo.WriteOutcome;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** What the answers to writes have in common. */
final class Answers {
  private Answers() {}

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
  static void validation(JsonGenerator json, Optional<String> status) {
    status.ifPresent(text -> json.writeStringProperty("validationStatus", text));
  }
}

package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several writers of one process who all wait for one turn, without threads. */
public final class Crowd {
  /** What became of one of them: either is null. */
  public record Result(@Nullable WriteOutcome outcome, @Nullable RuntimeException failure) {}

  private Crowd() {}

  /** Has all of them served in one turn. */
  public static List<Result> write(RepoWriter writer, Did did, List<List<RecordIntent>> asked) {
    List<WriteTurns.Request> requests = new ArrayList<>();
    asked.forEach(intents -> requests.add(new WriteTurns.Request(did, intents, null)));
    writer.serve(did, requests);
    return requests.stream().map(Crowd::result).toList();
  }

  private static Result result(WriteTurns.Request request) {
    try {
      return new Result(request.result(), null);
    } catch (RuntimeException e) {
      return new Result(null, e);
    }
  }
}

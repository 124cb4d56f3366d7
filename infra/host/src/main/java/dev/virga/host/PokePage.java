package dev.virga.host;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Route;
import dev.virga.pds.sync.Poke;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/** Takes the signed requests by which whoever numbers events wakes this {@link Host}. */
final class PokePage {
  private final Poke poke;
  private final LongConsumer awake;

  /**
   * @param awake told the number of the last event
   */
  PokePage(Poke poke, LongConsumer awake) {
    this.poke = poke;
    this.awake = awake;
  }

  List<Route> routes() {
    return List.of(Route.post(Poke.PATH, this::answer));
  }

  private HttpResponse answer(HttpRequest request) throws IOException {
    OptionalLong last = poke.verify(request.body().readNBytes(Poke.MAX_BYTES + 1));
    if (last.isEmpty()) {
      return HttpResponse.text(401, "Not signed by this server, or too old");
    }
    awake.accept(last.getAsLong());
    return HttpResponse.text(200, "OK");
  }
}

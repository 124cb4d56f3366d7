package dev.virga.functions.site;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whether this server works, by asking its Index something: {@code /xrpc/_health}. */
public final class Health {
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);
  private static final Key ANY = new Key("health", "probe");

  private final Index index;
  private final String version;

  public Health(Index index, String version) {
    this.index = index;
    this.version = version;
  }

  public List<Route> routes() {
    return List.of(Route.get("/xrpc/_health", request -> answer()));
  }

  private HttpResponse answer() {
    Map<String, Value> body = new HashMap<>(Map.of("version", Value.of(version)));
    try {
      Object found = index.get(ANY); // absent is as good an answer as any
      LOG.trace("{}", found);
      return HttpResponse.json(new Value.Obj(body));
    } catch (StoreException e) {
      LOG.error("The index does not answer", e);
      body.put("error", Value.of("Service Unavailable"));
      return HttpResponse.json(new Value.Obj(body)).withStatus(503);
    }
  }
}

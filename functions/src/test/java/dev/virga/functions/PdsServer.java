package dev.virga.functions;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.FakePlcDirectory;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** A whole PDS as {@link Services} compose it, on ports in memory and without a network. */
public final class PdsServer {
  public final MemoryIndex index = new MemoryIndex();
  public final MemoryObjects objects = new MemoryObjects();
  public final FakeClock clock = new FakeClock();
  private final Services services;
  private final SiteClient client;
  private final Changes.Listener listener;

  /** A server with the settings of a laptop, and some of its own. */
  public PdsServer(Path scratch, Map<String, String> settings) {
    SeededRandom random = new SeededRandom(5);
    Map<String, String> variables = new HashMap<>();
    variables.put(PdsConfig.JWT_SECRET, "a secret for tokens");
    variables.put(PdsConfig.ADMIN_PASSWORD, "adminpw");
    variables.put(PdsConfig.ROTATION_KEY, "11".repeat(32));
    variables.put(PdsConfig.KEY_SEALING_SECRET, "22".repeat(32));
    variables.put(PdsConfig.DPOP_SECRET, "33".repeat(32));
    variables.putAll(settings);
    services =
        new Services(
            PdsConfig.parse(variables),
            new Surroundings(
                index,
                objects,
                new FakePlcDirectory(),
                new VettedFetcher(
                    AddressLookup.system(),
                    (SSLSocketFactory) SSLSocketFactory.getDefault(),
                    VettedFetcher.Policy.PUBLIC_ONLY,
                    "virga-test"),
                name -> List.of(),
                clock,
                random,
                time -> {},
                Runnable::run,
                scratch));
    client = new SiteClient(Pages.site(services, "test", List.of()));
    listener = services.changes(services.eventLog(), last -> {});
  }

  /** An answer with its body read to the end. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, Map<String, String> headers, byte[] body) {
    public Value.Obj json() {
      return body.length == 0 ? Value.Obj.EMPTY : (Value.Obj) DataJson.parse(body);
    }

    public String text(String name) {
      return json().text(name).orElseThrow(() -> new AssertionError(name + " is not in " + json()));
    }

    /** The status and the name of the error, or {@code ok}. */
    public String error() {
      return status < 300 ? "ok" : status + " " + text("error");
    }
  }

  /** All methods that the server answers. */
  public List<Nsid> methods() {
    return Methods.all(services).stream().map(handler -> handler.endpoint().nsid()).toList();
  }

  /** Somebody who is signed up. */
  public record User(Did did, String handle, String access, String refresh) {
    public String bearer() {
      return "Bearer " + access;
    }
  }

  public User signUp(String name) {
    return client.signUp(name);
  }

  public Answer get(String methodAndQuery, @Nullable String authorization) {
    return client.get(methodAndQuery, authorization);
  }

  public Answer post(String method, String json, @Nullable String authorization) {
    return client.post(method, json, authorization);
  }

  public Answer post(String method, String type, byte[] body, @Nullable String authorization) {
    return client.post(method, type, body, authorization);
  }

  /** What an operator does from outside. */
  public Keeping keeping() {
    return new Keeping(services);
  }

  /** One whole round of upkeep. */
  public void keepHouse() {
    while (services.keepHouse(2)) {
      // The next ones.
    }
  }

  /** Lets the change feed's listeners work off everything so far. */
  public void settle() {
    try {
      index.pump(listener);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

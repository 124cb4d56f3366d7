package dev.virga.functions.site;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.config.PdsConfig;
import java.util.List;
import java.util.Map;

/**
 * Documents about identities that are served by hostname: the DID behind a handle of ours, and the
 * DID document of this server itself.
 *
 * <p>Source: atproto.com/specs/handle, atproto.com/specs/did (did:web).
 */
public final class WellKnown {
  private final PdsConfig config;
  private final HandleLookup handles;

  public WellKnown(PdsConfig config, HandleLookup handles) {
    this.config = config;
    this.handles = handles;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/.well-known/atproto-did", this::atprotoDid),
        Route.get("/.well-known/did.json", this::didDocument));
  }

  private HttpResponse atprotoDid(HttpRequest request) {
    String host = request.host();
    if (isUnderHandleDomain(host)) {
      try {
        return handles
            .find(Handle.parse(host))
            .map(did -> HttpResponse.text(200, did.text()))
            .orElseGet(WellKnown::userNotFound);
      } catch (SyntaxException e) {
        return userNotFound();
      }
    }
    return userNotFound();
  }

  private static HttpResponse userNotFound() {
    return HttpResponse.text(404, "User not found");
  }

  /** Not under the host of a handle: that would be somebody's did:web, not ours. */
  private HttpResponse didDocument(HttpRequest request) {
    PdsConfig.Service service = config.service();
    boolean ours = service.did().text().equals("did:web:" + service.hostname());
    boolean asHandle =
        isUnderHandleDomain(request.host()) && !request.host().equals(service.hostname());
    if (!ours || asHandle) {
      return HttpResponse.text(404, "Not Found");
    }
    Value pds =
        new Value.Obj(
            Map.of(
                "id", Value.of("#atproto_pds"),
                "type", Value.of("AtprotoPersonalDataServer"),
                "serviceEndpoint", Value.of(service.publicUrl().toString())));
    return HttpResponse.json(
        new Value.Obj(
            Map.of(
                "@context", new Value.Array(List.of(Value.of("https://www.w3.org/ns/did/v1"))),
                "id", Value.of(service.did().text()),
                "service", new Value.Array(List.of(pds)))));
  }

  private boolean isUnderHandleDomain(String host) {
    return config.identity().handleDomains().stream().anyMatch(host::endsWith);
  }
}

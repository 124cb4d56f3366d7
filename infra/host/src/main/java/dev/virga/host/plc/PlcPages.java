package dev.virga.host.plc;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcException;
import dev.virga.atproto.identity.PlcLog;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Route;
import dev.virga.pds.XrpcException;
import java.io.IOException;
import java.util.List;

/**
 * The HTTP interface of a PLC directory over a {@link PlcLedger}, at the root of the host.
 *
 * <p>Source: web.plc.directory/api/redoc; statuses as plc.directory's: 400 for a refused operation,
 * 404 for an unknown DID, 410 for one that was ended.
 */
public final class PlcPages {
  private static final String PREFIX = "/did:plc:";

  /** Several times what the rules allow an operation in DAG-CBOR. */
  private static final int MAX_JSON = 32 * 1024;

  private final PlcLedger ledger;

  public PlcPages(PlcLedger ledger) {
    this.ledger = ledger;
  }

  public List<Route> routes() {
    return List.of(Route.get(PREFIX + "*", this::read), Route.post(PREFIX + "*", this::append));
  }

  private HttpResponse read(HttpRequest request) {
    String path = request.path().substring(1);
    int slash = path.indexOf('/');
    Did did = Did.parse(slash < 0 ? path : path.substring(0, slash));
    String view = slash < 0 ? "" : path.substring(slash);
    PlcLog log = ledger.read(did);
    if (log.entries().isEmpty()) {
      throw new XrpcException(404, "NotFound", "DID not registered: " + did);
    }
    return switch (view) {
      case "" -> document(DidDocument.of(did, state(log)));
      case "/data" -> HttpResponse.json(state(log).toValue(did));
      case "/log" -> HttpResponse.json(inForce(log));
      case "/log/audit" -> HttpResponse.json(log.toAudit());
      case "/log/last" -> HttpResponse.json(log.last().orElseThrow().operation().toValue());
      default -> throw new XrpcException(404, "NotFound", "Not Found");
    };
  }

  private static HttpResponse document(DidDocument document) {
    return HttpResponse.bytes(
        "application/did+ld+json; charset=utf-8", DataJson.toJson(document.toValue()));
  }

  private static PlcData state(PlcLog log) {
    return log.state()
        .orElseThrow(() -> new XrpcException(410, "Gone", "DID not available: " + log.did()));
  }

  private static Value inForce(PlcLog log) {
    return new Value.Array(
        log.inForce().stream().<Value>map(entry -> entry.operation().toValue()).toList());
  }

  private HttpResponse append(HttpRequest request) throws IOException {
    Did did = Did.parse(request.path().substring(1));
    byte[] json = request.body().readNBytes(MAX_JSON + 1);
    if (json.length > MAX_JSON) {
      throw XrpcException.tooLarge("Operation is larger than " + MAX_JSON + " bytes");
    }
    if (!(DataJson.parse(json) instanceof Value.Obj operation)) {
      throw XrpcException.invalidRequest("An operation is an object");
    }
    try {
      ledger.append(did, PlcOperation.parse(operation));
    } catch (PlcException | PlcLedger.LedgerException e) {
      throw XrpcException.invalidRequest(String.valueOf(e.getMessage()));
    }
    return HttpResponse.text(200, "OK");
  }
}

package dev.virga.pds.identity;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import java.net.URI;
import java.util.Optional;

/** A PLC directory reached by its HTTP interface, as web.plc.directory describes it. */
public final class HttpPlcDirectory implements PlcDirectory {
  private static final int NOT_FOUND = 404;

  /** The answer for a DID that was taken out of use. */
  private static final int GONE = 410;

  private static final int MAX_MESSAGE = 300;

  private final URI base;
  private final VettedFetcher fetcher;
  private final VettedFetcher.Limits limits;

  /**
   * A directory.
   *
   * @param base its URL, without a path
   */
  public HttpPlcDirectory(URI base, VettedFetcher fetcher, VettedFetcher.Limits limits) {
    this.base = base;
    this.fetcher = fetcher;
    this.limits = limits;
  }

  @Override
  public void submit(Did did, PlcOperation operation) throws DirectoryException {
    byte[] json = DataJson.toJson(operation.toValue());
    HttpAnswer answer = fetch(VettedFetcher.Request.post(uri("/" + did), json));
    if (answer.status() >= 400 && answer.status() < 500) {
      throw DirectoryException.refused("PLC directory refused: " + message(answer));
    }
    if (!answer.isSuccess()) {
      throw DirectoryException.unanswered("PLC directory answered " + answer.status(), null);
    }
  }

  @Override
  public Optional<Value.Obj> document(Did did) throws DirectoryException {
    return get("/" + did);
  }

  @Override
  public Optional<PlcOperation> last(Did did) throws DirectoryException {
    Optional<Value.Obj> operation = get("/" + did + "/log/last");
    try {
      return operation.map(PlcOperation::parse);
    } catch (DataException e) {
      throw DirectoryException.unanswered("PLC directory has a malformed operation", e);
    }
  }

  private Optional<Value.Obj> get(String path) throws DirectoryException {
    HttpAnswer answer = fetch(VettedFetcher.Request.get(uri(path)));
    if (answer.status() == NOT_FOUND || answer.status() == GONE) {
      return Optional.empty();
    }
    if (!answer.isSuccess()) {
      throw DirectoryException.unanswered("PLC directory answered " + answer.status(), null);
    }
    try {
      if (DataJson.parse(answer.body()) instanceof Value.Obj object) {
        return Optional.of(object);
      }
    } catch (DataException e) {
      throw DirectoryException.unanswered("PLC directory answered no JSON", e);
    }
    throw DirectoryException.unanswered("PLC directory answered no object", null);
  }

  private HttpAnswer fetch(VettedFetcher.Request request) throws DirectoryException {
    try {
      return fetcher.fetch(request, limits);
    } catch (FetchException e) {
      throw DirectoryException.unanswered("PLC directory cannot be reached", e);
    }
  }

  private URI uri(String path) {
    return base.resolve(path);
  }

  private static String message(HttpAnswer answer) {
    try {
      if (DataJson.parse(answer.body()) instanceof Value.Obj object) {
        String text = object.text("message").orElse("no reason given");
        return text.substring(0, Math.min(text.length(), MAX_MESSAGE));
      }
    } catch (DataException e) {
      // Not in the directory's usual form: the status must do.
    }
    return "status " + answer.status();
  }
}

package dev.virga.functions.xrpc;

import dev.virga.functions.http.HttpResponse;
import java.io.IOException;

/** Serves one XRPC method. Throws {@link dev.virga.pds.XrpcException} for every refusal. */
public interface XrpcHandler {
  Endpoint endpoint();

  /**
   * Answers a request that was authenticated, limited and validated against the lexicon.
   *
   * @throws IOException if the request's body could not be read
   */
  HttpResponse handle(XrpcRequest request) throws IOException;
}

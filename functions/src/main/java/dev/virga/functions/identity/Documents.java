package dev.virga.functions.identity;

import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FetchException;
import java.util.Optional;

/** DID documents that a request depends on. */
final class Documents {
  private Documents() {}

  /**
   * The document of a DID.
   *
   * @param fresh whether it must be fetched now
   * @throws XrpcException 400 DidNotFound or DidDeactivated, 502 UpstreamFailure if whoever could
   *     tell did not
   */
  static DidDocument require(DidResolver dids, Did did, boolean fresh) {
    try {
      Optional<DidDocument> document = fresh ? dids.refresh(did) : dids.resolve(did);
      if (document.isEmpty() && dids.isDeactivated(did)) {
        throw XrpcException.badRequest("DidDeactivated", "DID is deactivated: " + did);
      }
      return document.orElseThrow(
          () -> XrpcException.badRequest("DidNotFound", "Could not find DID: " + did));
    } catch (FetchException e) {
      throw new XrpcException(502, "UpstreamFailure", "Could not resolve DID: " + e.getMessage());
    }
  }
}

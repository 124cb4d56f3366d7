package dev.virga.functions.identity;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.HandleResolver;
import java.util.Optional;

/** Finds identities whole: a DID, its document, and the handle if both say the same of it. */
public final class Identities {
  private static final String INVALID = "handle.invalid";

  private final DidResolver dids;
  private final HandleResolver handles;

  public Identities(DidResolver dids, HandleResolver handles) {
    this.dids = dids;
    this.handles = handles;
  }

  /**
   * An identity as {@code identityInfo}.
   *
   * @param fresh whether the document must be fetched now
   * @throws XrpcException 400 HandleNotFound, DidNotFound or DidDeactivated, 502 UpstreamFailure
   */
  Value find(AtIdentifier identifier, boolean fresh) {
    Did did =
        switch (identifier) {
          case Did given -> given;
          case Handle handle ->
              handles
                  .resolve(handle)
                  .orElseThrow(
                      () -> XrpcException.badRequest("HandleNotFound", "Unable to resolve handle"));
        };
    DidDocument document = Documents.require(dids, did, fresh);
    Optional<Handle> claimed = document.handle();
    boolean confirmed =
        claimed.isPresent()
            && (claimed.get().equals(identifier)
                || handles.resolve(claimed.get()).equals(Optional.of(did)));
    return Value.Obj.builder()
        .put("did", did.text())
        .put("handle", confirmed ? claimed.get().text() : INVALID)
        .put("didDoc", document.toValue())
        .build();
  }
}

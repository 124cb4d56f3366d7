package dev.virga.pds.account;

import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.FetchException;
import dev.virga.pds.identity.PlcIdentities;
import java.util.Optional;

/** Checks that an account's DID says that it lives here, so that it may be activated. */
public final class DidChecks {
  private final DidResolver dids;
  private final PlcIdentities identities;
  private final SigningKeys keys;

  public DidChecks(DidResolver dids, PlcIdentities identities, SigningKeys keys) {
    this.dids = dids;
    this.identities = identities;
    this.keys = keys;
  }

  /** Whether the DID document, fetched now, names this server and this account's key. */
  public boolean isValid(Did did) {
    return problem(did).isEmpty();
  }

  /**
   * Demands that.
   *
   * @throws XrpcException 400 InvalidRequest saying what is wrong
   */
  public void requireValid(Did did) {
    problem(did)
        .ifPresent(
            problem -> {
              throw XrpcException.invalidRequest(problem);
            });
  }

  private Optional<String> problem(Did did) {
    try {
      Optional<DidDocument> document = dids.refresh(did);
      if (document.isEmpty()) {
        return Optional.of("Could not resolve DID");
      }
      Optional<String> problem = problem(did, document.get());
      return problem.isPresent() || !did.method().equals("plc") ? problem : rotationProblem(did);
    } catch (FetchException | DirectoryException e) {
      return Optional.of("Could not resolve DID: " + e.getMessage());
    }
  }

  private Optional<String> problem(Did did, DidDocument document) {
    if (!document.pdsEndpoint().equals(Optional.of(identities.endpoint()))) {
      return Optional.of("DID document atproto_pds service endpoint does not match PDS public url");
    }
    if (!document.signingKey().equals(keys.find(did).map(key -> key.publicKey()))) {
      return Optional.of("DID document verification method does not match expected signing key");
    }
    return Optional.empty();
  }

  private Optional<String> rotationProblem(Did did) throws DirectoryException {
    PlcData state = identities.current(did).state().orElseThrow();
    return state.rotationKeys().contains(identities.rotationKey().didKey())
        ? Optional.empty()
        : Optional.of("Server rotation key not included in PLC DID data");
  }
}

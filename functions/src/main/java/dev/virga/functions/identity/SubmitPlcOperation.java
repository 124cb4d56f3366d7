package dev.virga.functions.identity;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.identity.PlcService;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.PlcIdentities;
import java.util.Optional;

/** Hands in an operation that changes an account's DID, if the account survives it. */
public final class SubmitPlcOperation implements XrpcHandler {
  private final Accounts accounts;
  private final SigningKeys keys;
  private final PlcIdentities identities;
  private final AccountChanges changes;
  private final DidResolver dids;

  public SubmitPlcOperation(
      Accounts accounts,
      SigningKeys keys,
      PlcIdentities identities,
      AccountChanges changes,
      DidResolver dids) {
    this.accounts = accounts;
    this.keys = keys;
    this.identities = identities;
    this.changes = changes;
    this.dids = dids;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.identity.submitPlcOperation",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.requireUnbarred(request.account());
    PlcOperation operation = operation(request);
    requireHarmless(account, operation);
    try {
      identities.submit(account.did(), operation);
    } catch (DirectoryException e) {
      throw e.isOpen()
          ? new XrpcException(502, "UpstreamFailure", "The PLC directory did not answer")
          : XrpcException.invalidRequest(String.valueOf(e.getMessage()));
    }
    dids.forget(account.did());
    changes.announceIdentity(account);
    return HttpResponse.empty();
  }

  private static PlcOperation operation(XrpcRequest request) {
    try {
      return PlcOperation.parse((Value.Obj) request.input().get("operation").orElseThrow());
    } catch (DataException | ClassCastException e) {
      throw XrpcException.invalidRequest("Not a PLC operation: " + e.getMessage());
    }
  }

  /** Refuses what would cut the account off from this server. */
  private void requireHarmless(Account account, PlcOperation operation) {
    PlcData state =
        operation
            .state()
            .orElseThrow(() -> XrpcException.invalidRequest("A tombstone is not submitted here"));
    require(
        state.rotationKeys().contains(identities.rotationKey().didKey()),
        "Rotation keys do not include server's rotation key");
    Optional<PlcService> pds = Optional.ofNullable(state.services().get("atproto_pds"));
    require(
        pds.map(PlcService::type).equals(Optional.of("AtprotoPersonalDataServer")),
        "Incorrect type on atproto_pds service");
    require(
        pds.map(PlcService::endpoint).equals(Optional.of(identities.endpoint().toString())),
        "Incorrect endpoint on atproto_pds service");
    require(
        keys.of(account.did())
            .publicKey()
            .didKey()
            .equals(state.verificationMethods().get("atproto")),
        "Incorrect signing key");
    require(
        state.handle().equals(Optional.of(account.handle())), "Incorrect handle in alsoKnownAs");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw XrpcException.invalidRequest(otherwise);
    }
  }
}

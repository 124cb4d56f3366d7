package dev.virga.functions.identity;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcException;
import dev.virga.atproto.identity.PlcLimits;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.identity.PlcIdentities;
import java.util.List;

/**
 * Signs an operation that changes an account's DID, for its owner to hand in anywhere; what is not
 * given stays as it is. By a token out of the mailbox, since the operation may lead away from here.
 */
public final class SignPlcOperation implements XrpcHandler {
  private static final List<String> FIELDS =
      List.of("rotationKeys", "alsoKnownAs", "verificationMethods", "services");

  private final Accounts accounts;
  private final MailTokens tokens;
  private final PlcIdentities identities;

  public SignPlcOperation(Accounts accounts, MailTokens tokens, PlcIdentities identities) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.identities = identities;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.identity.signPlcOperation",
        Access.account(Access.Level.FULL).takendownToo().oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.require(request.account());
    String token =
        request
            .field("token")
            .orElseThrow(
                () ->
                    XrpcException.invalidRequest(
                        "email confirmation token required to sign PLC operations"));
    tokens.require(account, MailTokens.Purpose.PLC_OPERATION, token);
    PlcOperation last = last(account);
    PlcOperation operation = identities.sign(last, wanted(request, account, last));
    requireAcceptable(operation);
    // Only now: a mistake in the request should not cost another mail.
    tokens.spend(account, MailTokens.Purpose.PLC_OPERATION, token);
    return HttpResponse.json(Value.Obj.builder().put("operation", operation.toValue()).build());
  }

  private PlcOperation last(Account account) {
    if (!account.did().method().equals("plc")) {
      throw XrpcException.invalidRequest("The account's DID is not a did:plc");
    }
    try {
      return identities.current(account.did());
    } catch (DirectoryException e) {
      throw e.isOpen()
          ? new XrpcException(502, "UpstreamFailure", "The PLC directory did not answer")
          : XrpcException.invalidRequest("Cannot sign an operation: " + e.getMessage());
    }
  }

  /** The last operation's state with the fields of the request in it. */
  private static PlcData wanted(XrpcRequest request, Account account, PlcOperation last) {
    Value.Obj fields =
        last.state()
            .orElseThrow()
            .toValue(account.did())
            .without("did")
            .with("type", Value.of("plc_operation"))
            .with("prev", Value.of(last.cid().toString()))
            .with("sig", Value.of(""));
    for (String name : FIELDS) {
      if (request.input().has(name)) {
        fields = fields.with(name, request.input().get(name).orElseThrow());
      }
    }
    try {
      return PlcOperation.parse(fields).state().orElseThrow();
    } catch (DataException e) {
      throw XrpcException.invalidRequest("Not a PLC operation: " + e.getMessage());
    }
  }

  private static void requireAcceptable(PlcOperation operation) {
    if (operation.state().orElseThrow().rotationKeys().isEmpty()) {
      throw XrpcException.invalidRequest("Without rotation keys the DID could never change again");
    }
    try {
      PlcLimits.check(operation);
    } catch (PlcException e) {
      throw XrpcException.invalidRequest("The PLC directory would refuse: " + e.getMessage());
    }
  }
}

package dev.virga.functions.server;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountDeletion;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.SignIn;

/**
 * Deletes an account for good, for whoever knows its password and reads its mail; a session is not
 * needed, so that one who was taken down can leave as well.
 */
public final class DeleteAccount implements XrpcHandler {
  private final SignIn signIn;
  private final MailTokens tokens;
  private final AccountDeletion deletion;

  public DeleteAccount(SignIn signIn, MailTokens tokens, AccountDeletion deletion) {
    this.signIn = signIn;
    this.tokens = tokens;
    this.deletion = deletion;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.deleteAccount", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = Did.parse(request.requireField("did"));
    Account account = signIn.requirePassword(did, request.requireField("password"));
    // It goes with the account.
    tokens.require(account, MailTokens.Purpose.DELETE_ACCOUNT, request.requireField("token"));
    deletion.delete(did);
    return HttpResponse.empty();
  }
}

package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.SignIn;

/** Signs in, with the account's password or one of its app passwords. */
public final class CreateSession implements XrpcHandler {
  private final SignIn signIn;
  private final SessionAnswers answers;

  public CreateSession(SignIn signIn, SessionAnswers answers) {
    this.signIn = signIn;
    this.answers = answers;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.createSession", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    SignIn.SignedIn session =
        signIn.signIn(
            request.requireField("identifier"),
            request.requireField("password"),
            request.flagField("allowTakendown").orElse(false));
    return HttpResponse.json(answers.session(session.account(), session.tokens()));
  }
}

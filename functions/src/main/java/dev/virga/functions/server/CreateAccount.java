package dev.virga.functions.server;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Admission;
import dev.virga.pds.account.MoveIn;
import dev.virga.pds.account.SignIn;
import dev.virga.pds.account.SignUp;
import dev.virga.pds.auth.Credentials;
import org.jspecify.annotations.Nullable;

/** Makes an account: a new one with a new DID, or the new home of one that exists elsewhere. */
public final class CreateAccount implements XrpcHandler {
  private final SignUp signUp;
  private final MoveIn moveIn;
  private final SessionAnswers answers;

  public CreateAccount(SignUp signUp, MoveIn moveIn, SessionAnswers answers) {
    this.signUp = signUp;
    this.moveIn = moveIn;
    this.answers = answers;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.createAccount", new Access.OpenOrService());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    if (request.input().has("plcOp")) {
      throw XrpcException.invalidRequest("Unsupported input: \"plcOp\"");
    }
    Admission.Application application =
        new Admission.Application(
            request.requireField("handle"),
            request.field("email").orElse(null),
            request.field("password").orElse(null),
            request.field("inviteCode").orElse(null));
    SignIn.SignedIn made =
        request.field("did").isPresent()
            ? moveIn.moveIn(owner(request), application)
            : signUp.signUp(application, recoveryKey(request));
    return HttpResponse.json(answers.firstSession(made.account(), made.tokens()));
  }

  /** The DID asked for, if its owner is who asks. */
  private static Did owner(XrpcRequest request) {
    Did did = Did.parse(request.requireField("did"));
    boolean proved =
        request.credentials() instanceof Credentials.Service(Did issuer, var fragment)
            && fragment == null
            && issuer.equals(did);
    if (!proved) {
      throw XrpcException.unauthorized(
          "AuthenticationRequired", "Missing auth to create account with did: " + did);
    }
    return did;
  }

  private static @Nullable PublicKey recoveryKey(XrpcRequest request) {
    try {
      return request.field("recoveryKey").map(PublicKey::parseDidKey).orElse(null);
    } catch (SyntaxException e) {
      throw XrpcException.invalidRequest("recoveryKey is not a did:key: " + e.getMessage());
    }
  }
}

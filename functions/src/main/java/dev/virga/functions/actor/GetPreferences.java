package dev.virga.functions.actor;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.QueryString;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.actor.Preferences;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.SessionScope;
import java.util.List;

/**
 * {@code app.bsky.actor.getPreferences}: the preferences of the caller, or of any account for the
 * moderation service.
 */
public final class GetPreferences implements XrpcHandler {
  private final Accounts accounts;
  private final Preferences preferences;

  public GetPreferences(Accounts accounts, Preferences preferences) {
    this.accounts = accounts;
    this.preferences = preferences;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "app.bsky.actor.getPreferences",
        new Access.AccountOrModeration(
            Access.account(Access.Level.STANDARD).takendownToo().oauth(Access.OAuth.SCOPED)));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did =
        request.credentials() instanceof Credentials.Service ? named(request) : request.account();
    List<Value> shown =
        List.copyOf(preferences.get(accounts.require(did).did(), isFull(request.credentials())));
    return HttpResponse.json(
        Value.Obj.builder().put("preferences", new Value.Array(shown)).build());
  }

  /**
   * The account that the moderation service asks about: a parameter that the lexicon keeps still.
   */
  private static Did named(XrpcRequest request) {
    List<String> dids = QueryString.parse(request.http().rawQuery()).getOrDefault("did", List.of());
    try {
      return Did.parse(dids.size() == 1 ? dids.getFirst() : "");
    } catch (SyntaxException e) {
      throw XrpcException.invalidRequest("Invalid or missing did parameter");
    }
  }

  /** Whether somebody may see and change everything: who knows the password, and moderation. */
  static boolean isFull(Credentials credentials) {
    return switch (credentials) {
      case Credentials.Session(var _, var scope) ->
          scope == SessionScope.ACCESS || scope == SessionScope.TAKENDOWN;
      case Credentials.Service _ -> true;
      default -> false;
    };
  }
}

package dev.virga.functions.identity;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.identity.PlcData;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.identity.PlcIdentities;
import org.jspecify.annotations.Nullable;

/** Says what an account's DID should say for it to live here. */
public final class GetRecommendedDidCredentials implements XrpcHandler {
  private final Accounts accounts;
  private final SigningKeys keys;
  private final PlcIdentities identities;

  public GetRecommendedDidCredentials(
      Accounts accounts, SigningKeys keys, PlcIdentities identities) {
    this.accounts = accounts;
    this.keys = keys;
    this.identities = identities;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.identity.getRecommendedDidCredentials",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.ANY));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.require(request.account());
    PlcData data =
        PlcData.ofAccount(
            account.handle(),
            keys.of(account.did()).publicKey(),
            identities.endpoint(),
            identities.rotationKeys(recoveryKey(account)));
    return HttpResponse.json(data.toValue(account.did()).without("did"));
  }

  private static @Nullable PublicKey recoveryKey(Account account) {
    return account.recoveryKey() == null ? null : PublicKey.parseDidKey(account.recoveryKey());
  }
}

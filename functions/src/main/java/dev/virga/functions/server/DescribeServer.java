package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;

/** Says what this server is and what it asks of those who want an account. */
public final class DescribeServer implements XrpcHandler {
  private final ServerDescription server;

  public DescribeServer(ServerDescription server) {
    this.server = server;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.describeServer", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Value.Builder links = Value.Obj.builder();
    server.privacyPolicy().ifPresent(url -> links.put("privacyPolicy", url.toString()));
    server.termsOfService().ifPresent(url -> links.put("termsOfService", url.toString()));
    Value.Builder contact = Value.Obj.builder();
    server.contactEmail().ifPresent(email -> contact.put("email", email));
    return HttpResponse.json(
        Value.Obj.builder()
            .put("did", server.did().text())
            .put(
                "availableUserDomains",
                new Value.Array(server.handleDomains().stream().map(Value::of).toList()))
            .put("inviteCodeRequired", server.inviteRequired())
            .put("blobUploadLimit", server.blobUploadLimit())
            .put("links", links.build())
            .put("contact", contact.build())
            .build());
  }
}

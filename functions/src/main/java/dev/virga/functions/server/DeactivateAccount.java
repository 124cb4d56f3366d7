package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.AccountStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Switches an account off, until its owner activates it again. */
public final class DeactivateAccount implements XrpcHandler {
  private final AccountChanges changes;
  private final InstantSource clock;

  public DeactivateAccount(AccountChanges changes, InstantSource clock) {
    this.changes = changes;
    this.clock = clock;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.deactivateAccount", Access.account(Access.Level.FULL).takendownToo());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Instant deleteAfter = request.field("deleteAfter").map(DeactivateAccount::instant).orElse(null);
    changes.changeStatus(
        request.account(),
        status -> status.withOwn(new AccountStatus.Deactivated(clock.instant(), deleteAfter)));
    return HttpResponse.empty();
  }

  private static Instant instant(String datetime) {
    try {
      return OffsetDateTime.parse(datetime).toInstant();
    } catch (DateTimeParseException e) {
      throw XrpcException.invalidRequest("deleteAfter is not a point in time");
    }
  }
}

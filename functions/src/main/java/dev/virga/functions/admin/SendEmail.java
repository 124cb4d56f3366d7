package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.mail.Letters;
import dev.virga.pds.mail.MailException;
import dev.virga.pds.mail.Mailer;

/** {@code com.atproto.admin.sendEmail}: writes to an account's owner. */
public final class SendEmail implements XrpcHandler {
  private final Accounts accounts;
  private final Letters letters;
  private final Mailer mailer;

  public SendEmail(Accounts accounts, Letters letters, Mailer mailer) {
    this.accounts = accounts;
    this.letters = letters;
    this.mailer = mailer;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.sendEmail", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account recipient =
        accounts
            .find(Did.parse(request.requireField("recipientDid")))
            .orElseThrow(() -> XrpcException.invalidRequest("Recipient not found"));
    try {
      mailer.send(
          letters.message(
              recipient.email().text(), request.field("subject"), request.requireField("content")));
    } catch (MailException e) {
      throw new XrpcException(502, "UpstreamFailure", "The mail could not be sent");
    }
    return HttpResponse.json(Value.Obj.builder().put("sent", true).build());
  }
}

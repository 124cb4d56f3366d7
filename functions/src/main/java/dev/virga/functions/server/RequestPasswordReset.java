package dev.virga.functions.server;

import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.EmailAddress;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.TokenMails;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails whoever forgot a password the token that lets them set another.
 *
 * <p>The answer does not tell whether there is such an account, neither by what it says nor by when
 * it comes: everything that depends on it happens in the background.
 */
public final class RequestPasswordReset implements XrpcHandler {
  private static final Logger LOG = LoggerFactory.getLogger(RequestPasswordReset.class);

  private final Accounts accounts;
  private final TokenMails mails;
  private final Executor background;

  public RequestPasswordReset(Accounts accounts, TokenMails mails, Executor background) {
    this.accounts = accounts;
    this.mails = mails;
    this.background = background;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.requestPasswordReset", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    String email = request.requireField("email");
    background.execute(() -> mail(email));
    return HttpResponse.empty();
  }

  private void mail(String email) {
    try {
      find(email).ifPresent(account -> mails.send(account, MailTokens.Purpose.RESET_PASSWORD));
    } catch (RuntimeException e) {
      LOG.error("a mail to reset a password was not sent", e); // there is nobody to tell
    }
  }

  private Optional<Account> find(String email) {
    try {
      return accounts.find(EmailAddress.parse(email));
    } catch (SyntaxException e) {
      return Optional.empty();
    }
  }
}

package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.pds.account.Account;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.identity.FetchException;
import java.util.Optional;

/** What the methods about sessions answer: the account, its tokens, perhaps its DID document. */
public final class SessionAnswers {
  private final DidResolver dids;
  private final boolean withDocument;

  /**
   * Answers of a server.
   *
   * @param withDocument whether answers carry the DID document when they need not
   */
  public SessionAnswers(DidResolver dids, boolean withDocument) {
    this.dids = dids;
    this.withDocument = withDocument;
  }

  /** An account with e-mail and status. */
  Value.Builder account(Account account) {
    Value.Builder answer =
        Value.Obj.builder()
            .put("did", account.did().text())
            .put("handle", account.handle().text())
            .put("email", account.email().text())
            .put("emailConfirmed", account.emailConfirmed())
            .put("active", account.status().isActive());
    account.status().reason().ifPresent(reason -> answer.put("status", reason));
    if (withDocument) {
      document(account).ifPresent(document -> answer.put("didDoc", document));
    }
    return answer;
  }

  /** A session of an account. */
  Value session(Account account, Sessions.Pair tokens) {
    return account(account)
        .put("accessJwt", tokens.accessJwt())
        .put("refreshJwt", tokens.refreshJwt())
        .build();
  }

  /** The first session of a new account. */
  Value firstSession(Account account, Sessions.Pair tokens) {
    Value.Builder answer =
        Value.Obj.builder()
            .put("did", account.did().text())
            .put("handle", account.handle().text())
            .put("accessJwt", tokens.accessJwt())
            .put("refreshJwt", tokens.refreshJwt());
    document(account).ifPresent(document -> answer.put("didDoc", document));
    return answer.build();
  }

  /** The document, unless it cannot be had now: a session does without. */
  private Optional<Value> document(Account account) {
    try {
      return dids.resolve(account.did()).map(DidDocument::toValue);
    } catch (FetchException e) {
      return Optional.empty();
    }
  }
}

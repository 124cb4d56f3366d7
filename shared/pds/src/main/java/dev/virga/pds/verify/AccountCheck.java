package dev.virga.pds.verify;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.InviteAudit;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.verify.Finding.Code;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Checks that what makes an account agrees: its item, claims, listing, key and head. */
final class AccountCheck {
  private final Did did;
  private final Stores stores;
  private final Findings findings;

  AccountCheck(Did did, Stores stores, Findings findings) {
    this.did = did;
    this.stores = stores;
    this.findings = findings;
  }

  void check(Account account, Optional<Head> head) {
    for (Key claim :
        List.of(
            AccountKeys.handle(account.handle()),
            AccountKeys.email(account.email()),
            AccountKeys.listing(account.createdAt(), did))) {
      Optional<String> holder = stores.index().get(claim).flatMap(item -> item.text("did"));
      if (!holder.equals(Optional.of(did.text()))) {
        findings.damage(Code.ACCOUNT_INCOMPLETE, claim, "is of " + holder.orElse("nobody"));
      }
    }
    new InviteAudit(stores.index())
        .of(did.text(), (key, problem) -> findings.damage(Code.INVITE_WRONG, key, problem));
    if (head.isEmpty()) {
      findings.damage(Code.ACCOUNT_INCOMPLETE, RepoKeys.head(did), "is missing");
    } else if (head.get().state() != account.status().repoState()) {
      findings.damage(
          Code.ACCOUNT_INCOMPLETE,
          RepoKeys.head(did),
          "is %s, the account %s".formatted(head.get().state(), account.status().repoState()));
    }
  }

  /** The public half of the account's key, if it can be had. */
  Optional<PublicKey> key(Function<Did, Optional<PublicKey>> keys) {
    Key at = AccountKeys.signingKey(did);
    try {
      Optional<PublicKey> key = keys.apply(did);
      Optional<String> noted = stores.index().get(at).flatMap(item -> item.text("public"));
      if (key.isEmpty()) {
        findings.damage(Code.ACCOUNT_INCOMPLETE, at, "is missing");
      } else if (noted.isPresent() && !noted.get().equals(key.get().didKey())) {
        findings.damage(Code.ACCOUNT_INCOMPLETE, at, "its public half is another");
      }
      return key;
    } catch (RuntimeException e) {
      findings.damage(Code.ACCOUNT_INCOMPLETE, at, "cannot be opened: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** The head, if there is one that can be read. */
  Optional<Head> head() {
    Optional<Item> item = stores.index().get(RepoKeys.head(did));
    try {
      return item.map(Head::from);
    } catch (IllegalStateException | IllegalArgumentException e) {
      findings.damage(Code.HEAD_WRONG, RepoKeys.head(did), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  void checkCommit(Head head, Optional<PublicKey> key) {
    Key at = RepoKeys.head(did);
    try {
      if (!head.commit().addresses(head.commitBlock())) {
        findings.damage(Code.HEAD_WRONG, at, "its commit's bytes have another hash");
        return;
      }
      Commit commit = Commit.decode(head.commitBlock());
      boolean agrees =
          commit.did().equals(did)
              && commit.rev().equals(head.rev())
              && commit.data().equals(head.root());
      if (!agrees) {
        findings.damage(Code.HEAD_WRONG, at, "says something else than its commit");
      }
      if (key.isPresent() && !commit.verify(key.get())) {
        findings.damage(Code.SIGNATURE_WRONG, at, "is not signed by " + key.get().didKey());
      }
    } catch (DataException | SyntaxException e) {
      findings.damage(Code.HEAD_WRONG, at, String.valueOf(e.getMessage()));
    }
  }
}

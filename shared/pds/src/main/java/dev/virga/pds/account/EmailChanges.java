package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.List;

/** Gives accounts other e-mail addresses, each of which is one account's own. */
public final class EmailChanges {
  private final Index index;
  private final AccountChanges changes;

  public EmailChanges(Index index, AccountChanges changes) {
    this.index = index;
    this.changes = changes;
  }

  /**
   * Makes an account reachable at another address, which nobody has confirmed yet, even if it is
   * the one it has.
   *
   * @throws XrpcException 400 InvalidRequest if it is somebody else's; 403 AccountNotFound
   */
  public Account change(Did did, EmailAddress email) {
    return change(did, email, AccountChanges.Extra.NONE);
  }

  /**
   * Does so together with something else, which may throw to refuse.
   *
   * @throws XrpcException as above
   */
  Account change(Did did, EmailAddress email, AccountChanges.Extra also) {
    return changes.change(
        did,
        before -> before.withEmail(email),
        (before, after) -> {
          List<Write> writes = new ArrayList<>(also.writes(before, after));
          writes.addAll(claims(before, after));
          return writes;
        });
  }

  private List<Write> claims(Account before, Account after) {
    if (before.email().equals(after.email())) {
      return List.of();
    }
    Key claim = AccountKeys.email(after.email());
    // Looked at in every round: a claim that comes in between costs one round, not all of them.
    if (index.get(claim).isPresent()) {
      throw Admission.emailTaken(after.email());
    }
    return List.of(
        Write.put(claim, Accounts.claim(after.did()), Condition.ABSENT),
        Write.delete(AccountKeys.email(before.email())));
  }
}

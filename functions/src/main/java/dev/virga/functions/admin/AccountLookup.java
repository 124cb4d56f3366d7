package dev.virga.functions.admin;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;

/** Finds the account that a method of this package is about. */
final class AccountLookup {
  private final Accounts accounts;

  AccountLookup(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * The account, whatever its status.
   *
   * @param identifier a DID, or a handle where the lexicon has one
   * @throws XrpcException 400 NotFound
   */
  Account require(String identifier) {
    return accounts
        .find(AtIdentifier.parse(identifier))
        .orElseThrow(() -> XrpcException.badRequest("NotFound", "Account not found"));
  }
}

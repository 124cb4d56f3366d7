package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.identity.HandleResolver;
import java.util.List;
import java.util.Optional;

/** The handles of this server's accounts, as {@link HandleResolver} and the world may see them. */
public final class AccountHandles implements HandleResolver.LocalHandles {
  private final Accounts accounts;
  private final List<String> domains;

  /**
   * Handles of a server.
   *
   * @param domains each with its leading dot
   */
  public AccountHandles(Accounts accounts, List<String> domains) {
    this.accounts = accounts;
    this.domains = List.copyOf(domains);
  }

  @Override
  public boolean isOurs(Handle handle) {
    return domains.stream().anyMatch(handle.text()::endsWith);
  }

  /** The account with this handle, unless a moderator keeps it from sight. */
  @Override
  public Optional<Did> find(Handle handle) {
    return accounts.find(handle).filter(account -> !account.status().isBarred()).map(Account::did);
  }
}

package dev.virga.pds.verify;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.EmailAddress;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.verify.Finding.Code;
import dev.virga.pds.verify.Finding.Severity;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Names the items that belong to no account: for whoever can list a whole Index, which the port
 * itself cannot. What expires is let pass.
 */
public final class Census {
  private final Index index;
  private final Accounts accounts;
  private final Report report;

  /** Whether there is an account of the last DID asked for: items come account by account. */
  private Optional<Did> lastDid = Optional.empty();

  private boolean lastKnown;

  public Census(Index index, Report report) {
    this.index = index;
    this.accounts = new Accounts(index, InstantSource.system());
    this.report = report;
  }

  /** Looks at one entry of the Index. */
  public void count(Entry entry) {
    if (entry.expires() != null) {
      return;
    }
    String partition = entry.key().partition();
    if (partition.startsWith("did:")) {
      countOwned(entry, Did.parse(partition));
    } else if (partition.startsWith("handle#")) {
      countClaim(entry, "handle#", text -> Handle.parse(text), Account::handle);
    } else if (partition.startsWith("email#")) {
      countClaim(entry, "email#", text -> EmailAddress.parse(text), Account::email);
    } else if (partition.equals(BlobItems.UPLOADS)) {
      countUpload(entry);
    } else if (partition.startsWith("log#")) {
      found(Optional.empty(), entry, "an event that never expires");
    }
  }

  private void countOwned(Entry entry, Did did) {
    boolean lastWords = Outbox.holds(entry.key()) && entry.item().flag(Outbox.PENDING);
    if (!lastWords && !isKnown(did)) {
      found(Optional.of(did), entry, "its account does not exist");
    }
  }

  private interface Parser<T> {
    T parse(String text);
  }

  private interface Field<T> {
    T of(Account account);
  }

  private <T> void countClaim(Entry entry, String prefix, Parser<T> parser, Field<T> field) {
    try {
      T claimed = parser.parse(entry.key().partition().substring(prefix.length()));
      Did did = Did.parse(entry.item().requireText("did"));
      Predicate<Account> holds = account -> field.of(account).equals(claimed);
      boolean open = index.get(AccountKeys.intent(did)).isPresent();
      if (!open && accounts.find(did).filter(holds).isEmpty()) {
        found(Optional.of(did), entry, "the account does not go by it");
      }
    } catch (SyntaxException | IllegalStateException e) {
      found(Optional.empty(), entry, String.valueOf(e.getMessage()));
    }
  }

  private void countUpload(Entry entry) {
    String[] parts = entry.key().sort().split("::", 3);
    if (parts.length != 3 || !isKnown(Did.parse(parts[2]))) {
      found(Optional.empty(), entry, "a note about an upload of nobody");
    }
  }

  private boolean isKnown(Did did) {
    if (!lastDid.equals(Optional.of(did))) {
      lastDid = Optional.of(did);
      lastKnown = exists(did);
    }
    return lastKnown;
  }

  private boolean exists(Did did) {
    return index.get(AccountKeys.account(did)).isPresent()
        || index.get(AccountKeys.intent(did)).isPresent()
        || index.get(AccountKeys.deletion(did)).isPresent();
  }

  private void found(Optional<Did> did, Entry entry, String detail) {
    if (index.get(entry.key()).isEmpty()) {
      return; // removed since it was seen
    }
    report.found(
        new Finding(
            Code.ITEM_ORPHANED, Severity.LEFTOVER, did, Findings.name(entry.key()), detail));
  }
}

package dev.virga.pds.verify;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.InviteAudit;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Range;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.LogEntry;
import dev.virga.pds.verify.Finding.Code;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks what is not one account's: the log, the listing, what was not finished, stray objects. */
final class ServerCheck {
  private static final int PAGE = 1_000;
  private static final List<String> FOLDERS =
      List.of("accounts/", "blobs/", "quarantine/", "repos/");

  private final Stores stores;
  private final EventLog log;
  private final Findings findings;
  private Optional<String> lastOwner = Optional.empty();
  private boolean lastOwned;

  ServerCheck(Stores stores, EventLog log, Findings findings) {
    this.stores = stores;
    this.log = log;
    this.findings = findings;
  }

  void run() {
    stores.each(AccountKeys.LISTING, Range.prefix(""), this::checkListed);
    stores.each(
        AccountKeys.INTENTS,
        Range.prefix(""),
        intent ->
            findings.leftover(
                Code.SIGN_UP_OPEN,
                Findings.name(intent.key()),
                Instant.ofEpochMilli(intent.item().number("openedAt").orElse(0L)),
                "was not finished or taken back"));
    stores.each(
        AccountKeys.DELETIONS,
        Range.prefix(""),
        order ->
            findings.underWay(
                Code.DELETION_OPEN, Findings.name(order.key()), "was not carried out yet"));
    checkLog();
    new InviteAudit(stores.index())
        .all((key, problem) -> findings.damage(Code.INVITE_WRONG, key, problem));
    FOLDERS.forEach(folder -> stores.eachObject(folder, object -> checkOwner(folder, object)));
  }

  private void checkListed(Entry entry) {
    Optional<Did> did = entry.item().text("did").map(Did::parse);
    if (did.isEmpty() || stores.index().get(AccountKeys.account(did.get())).isEmpty()) {
      findings.damage(Code.ACCOUNT_GONE, entry.key(), "the account listed does not exist");
    } else if (!entry.key().sort().endsWith("::" + did.get())) {
      findings.damage(Code.ACCOUNT_INCOMPLETE, entry.key(), "lists " + did.get());
    }
  }

  /** An account that is not listed is not looked at by whoever looks at all. */
  private void checkListing(Did did, Item account) {
    try {
      Accounts.claims(did, account).stream()
          .map(Entry::key)
          .filter(key -> key.partition().equals(AccountKeys.LISTING))
          .filter(key -> stores.index().get(key).isEmpty())
          .forEach(
              key -> findings.damage(Code.ACCOUNT_INCOMPLETE, key, "the account is not listed"));
    } catch (IllegalStateException | IllegalArgumentException e) {
      findings.damage(
          Code.ACCOUNT_INCOMPLETE, AccountKeys.account(did), String.valueOf(e.getMessage()));
    }
  }

  private void checkLog() {
    EventLog.State state = log.state();
    if (state.first() > state.last() || state.last() > EventLog.MAX_SEQ) {
      findings.damage(
          Code.LOG_WRONG, "sequencer", "from %d to %d".formatted(state.first(), state.last()));
    }
    long position = 0;
    List<LogEntry> page;
    do {
      page = log.after(position, state.last(), PAGE);
      for (LogEntry entry : page) {
        checkEntry(entry, state);
        position = entry.seq();
      }
    } while (!page.isEmpty());
  }

  private void checkEntry(LogEntry entry, EventLog.State state) {
    String what = "number " + entry.seq();
    if (entry.seq() < state.first() || entry.seq() > state.last()) {
      findings.damage(Code.LOG_WRONG, what, "is beyond the numbers given so far");
    }
    try {
      if (EventBody.decode(entry.event()) instanceof CommitEvent event) {
        String pack = entry.pack();
        if (!event.did().equals(entry.did()) || pack == null) {
          findings.damage(Code.LOG_WRONG, what, "is of another account, or without a pack");
        } else if (isOwned(entry.did().text()) && stores.objects().size(pack).isEmpty()) {
          findings.damage(Code.PACK_MISSING, pack, "holds the blocks of " + what);
        }
      }
    } catch (DataException | SyntaxException e) {
      findings.damage(Code.LOG_WRONG, what, String.valueOf(e.getMessage()));
    }
  }

  private void checkOwner(String folder, Objects.Listed object) {
    String rest = object.name().substring(folder.length());
    int slash = rest.indexOf('/');
    String owner = slash < 0 ? rest : rest.substring(0, slash);
    if (!isOwned(owner)) {
      findings.add(
          Code.OBJECT_ORPHANED, Finding.Severity.LEFTOVER, object.name(), "is of no account");
    }
  }

  /** Whether there is an account of a DID, or one that comes or goes. */
  private boolean isOwned(String owner) {
    if (!lastOwner.equals(Optional.of(owner))) {
      lastOwner = Optional.of(owner);
      lastOwned = exists(owner);
    }
    return lastOwned;
  }

  private boolean exists(String owner) {
    try {
      Did did = Did.parse(owner);
      Map<Key, Item> found =
          stores
              .index()
              .batchGet(
                  List.of(
                      AccountKeys.account(did),
                      AccountKeys.intent(did),
                      AccountKeys.deletion(did)));
      Optional.ofNullable(found.get(AccountKeys.account(did)))
          .ifPresent(account -> checkListing(did, account));
      return !found.isEmpty();
    } catch (SyntaxException e) {
      return false;
    }
  }
}

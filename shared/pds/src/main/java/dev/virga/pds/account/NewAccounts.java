package dev.virga.pds.account;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.repo.RepoGenesis;
import dev.virga.pds.repo.RepoState;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;

/**
 * The one transaction in which an account begins, with its key, its empty repository, what the
 * network is told of it, and its first session; the last step of {@link SignUp} and {@link MoveIn}.
 */
public final class NewAccounts {
  /** Sign-ups with one invite code at the same moment before one of them is refused. */
  private static final int MAX_ROUNDS = 10;

  /** Makes the first commit of a repository. */
  @FunctionalInterface
  public interface FirstCommit {
    RepoGenesis genesis(Did did, PrivateKey key, RepoState state);
  }

  private final Index index;
  private final Objects objects;
  private final Accounts accounts;
  private final SigningKeys keys;
  private final InviteCodes invites;
  private final Sessions sessions;
  private final FirstCommit repositories;

  public NewAccounts(
      Index index,
      Objects objects,
      Accounts accounts,
      SigningKeys keys,
      InviteCodes invites,
      Sessions sessions,
      FirstCommit repositories) {
    this.index = index;
    this.objects = objects;
    this.accounts = accounts;
    this.keys = keys;
    this.invites = invites;
    this.sessions = sessions;
    this.repositories = repositories;
  }

  /**
   * Makes an account; an active one is announced, another one is not yet anybody's concern.
   *
   * @param claimable what must hold of the claims of its handle and its address
   * @param others whatever else belongs into the transaction
   * @throws XrpcException 400 InvalidInviteCode if the last use of the code went to somebody else
   * @throws ConditionFailedException if one of the claims failed; nothing is left behind
   */
  SignIn.SignedIn create(Account account, PrivateKey key, Condition claimable, List<Write> others)
      throws ConditionFailedException {
    RepoGenesis repository = repositories.genesis(account.did(), key, account.status().repoState());
    Sessions.Opening session = sessions.open(account.did(), SessionScope.ACCESS, null);
    List<Write> writes = new ArrayList<>(others);
    writes.addAll(Accounts.creation(account, claimable));
    writes.add(keys.creation(account.did(), key));
    writes.add(session.write());
    writes.addAll(repository.writes());
    if (account.status().isActive()) {
      writes.add(announcement(account, repository));
    }
    boolean created = false;
    try {
      transact(account, writes);
      created = true;
    } finally {
      if (!created) {
        objects.delete(repository.pack());
      }
    }
    return new SignIn.SignedIn(account, session.tokens());
  }

  private static Write announcement(Account account, RepoGenesis repository) {
    List<EventBody> events = new ArrayList<>();
    events.add(new IdentityEvent(account.did(), account.handle()));
    events.add(AccountEvent.active(account.did()));
    events.addAll(repository.events());
    return Outbox.put(
        account.did(),
        repository.rev(),
        new Outbox.Content(events, repository.pack(), List.of(), List.of()));
  }

  private void transact(Account account, List<Write> writes) throws ConditionFailedException {
    String code = account.inviteCode();
    if (code == null) {
      attempt(account, writes);
      return;
    }
    for (int round = 0; round < MAX_ROUNDS; round++) {
      List<Write> all = new ArrayList<>(writes);
      all.addAll(invites.use(code, account.did()));
      try {
        attempt(account, all);
        return;
      } catch (ConditionFailedException e) {
        if (!e.failed().stream().allMatch(InviteCodes.key(code)::equals)) {
          throw e;
        }
      }
    }
    throw XrpcException.badRequest("InvalidInviteCode", "Provided invite code not available");
  }

  private void attempt(Account account, List<Write> writes) throws ConditionFailedException {
    try {
      index.transact(writes);
    } catch (StoreException e) {
      // It may have happened all the same, and then the account must not be taken back.
      if (accounts.find(account.did()).isEmpty()) {
        throw e;
      }
    }
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.AppPassword;
import dev.virga.pds.auth.AppPasswords;
import dev.virga.pds.auth.Passwords;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Opens sessions for whoever knows a password.
 *
 * <p>A wrong password, an unknown account and an overlong password look the same: same words, same
 * work, and no answer sooner than {@link #FAILURE_TIME}.
 */
public final class SignIn {
  /** How long a refusal takes at least. */
  public static final Duration FAILURE_TIME = Duration.ofMillis(350);

  /** Stands in for an account that does not exist. */
  private static final Did NOBODY = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");

  /** Changes of an account during its sign-in before it is refused. */
  private static final int MAX_ROUNDS = 3;

  /** Waits; a fake in tests. */
  @FunctionalInterface
  public interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  private final Index index;
  private final Accounts accounts;
  private final Passwords passwords;
  private final AppPasswords appPasswords;
  private final Sessions sessions;
  private final InstantSource clock;
  private final Pause pause;

  public SignIn(
      Index index,
      Accounts accounts,
      Passwords passwords,
      AppPasswords appPasswords,
      Sessions sessions,
      InstantSource clock,
      Pause pause) {
    this.index = index;
    this.accounts = accounts;
    this.passwords = passwords;
    this.appPasswords = appPasswords;
    this.sessions = sessions;
    this.clock = clock;
    this.pause = pause;
  }

  /** An account and its new session. */
  public record SignedIn(Account account, Sessions.Pair tokens) {}

  /** What a right password opens. */
  private record Proof(SessionScope scope, Optional<AppPassword> appPassword) {}

  /**
   * Opens a session.
   *
   * @param identifier handle, DID or e-mail address, in any case
   * @param allowTakendown whether the owner of a taken-down account gets tokens with which to leave
   * @throws XrpcException 401 AuthenticationRequired, or AccountTakedown once the password is right
   */
  public SignedIn signIn(String identifier, String password, boolean allowTakendown) {
    Instant start = clock.instant();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Account> account = find(identifier);
      Proof proof = prove(account, password).orElseThrow(() -> refusal(start));
      Optional<Sessions.Pair> tokens = open(account.orElseThrow(), proof, allowTakendown);
      if (tokens.isPresent()) {
        rehash(account.get(), proof, password);
        return new SignedIn(account.get(), tokens.get());
      }
    }
    throw refusal(start);
  }

  /**
   * Whether this is the account's own password; as slow, and as silent, as a sign-in.
   *
   * @throws XrpcException 401 AuthenticationRequired if it is not, or there is no such account
   */
  public Account requirePassword(Did did, String password) {
    Instant start = clock.instant();
    Optional<Account> account = accounts.find(did);
    return account
        .filter(found -> passwords.verify(password, found.passwordHash()))
        .or(
            () -> {
              boolean _ = account.isPresent() || passwords.verifyNobody(password);
              return Optional.empty();
            })
        .orElseThrow(() -> refusal(start));
  }

  private Optional<Account> find(String identifier) {
    String name = identifier.strip().toLowerCase(Locale.ROOT);
    try {
      return name.indexOf('@') > 0
          ? accounts.find(EmailAddress.parse(name))
          : accounts.find(AtIdentifier.parse(name));
    } catch (SyntaxException e) {
      return Optional.empty();
    }
  }

  private Optional<Proof> prove(Optional<Account> account, String password) {
    boolean own =
        account.isPresent()
            ? passwords.verify(password, account.get().passwordHash())
            : passwords.verifyNobody(password);
    if (own) {
      return Optional.of(new Proof(SessionScope.ACCESS, Optional.empty()));
    }
    return appPasswords
        .find(account.map(Account::did).orElse(NOBODY), password)
        .map(found -> new Proof(found.scope(), Optional.of(found)));
  }

  /** The session's tokens, or empty if the account changed meanwhile. */
  private Optional<Sessions.Pair> open(Account account, Proof proof, boolean allowTakendown) {
    if (account.status().isBarred()) {
      if (allowTakendown && proof.appPassword().isEmpty()) {
        return Optional.of(sessions.unrecorded(account.did(), SessionScope.TAKENDOWN));
      }
      throw XrpcException.unauthorized("AccountTakedown", "Account has been taken down");
    }
    Optional<String> name = proof.appPassword().map(AppPassword::name);
    Sessions.Opening opening = sessions.open(account.did(), proof.scope(), name.orElse(null));
    List<Write> writes = new ArrayList<>();
    writes.add(opening.write());
    writes.add(Accounts.epochCheck(account));
    name.ifPresent(given -> writes.add(AppPasswords.check(account.did(), given)));
    try {
      index.transact(writes);
      return Optional.of(opening.tokens());
    } catch (ConditionFailedException e) {
      return Optional.empty();
    }
  }

  /** Replaces a hash of an older kind while the password is at hand. */
  private void rehash(Account account, Proof proof, String password) {
    if (proof.scope() != SessionScope.ACCESS || !passwords.isOutdated(account.passwordHash())) {
      return;
    }
    Account rehashed = account.withRehashed(passwords.hash(password));
    try {
      index.transact(
          Write.all(
              Write.put(
                  AccountKeys.account(account.did()), rehashed.toItem(), account.unchanged())));
    } catch (ConditionFailedException e) {
      // The account changed meanwhile; the next sign-in will do.
    }
  }

  private XrpcException refusal(Instant start) {
    Duration left = FAILURE_TIME.minus(Duration.between(start, clock.instant()));
    if (left.isPositive()) {
      try {
        pause.of(left.compareTo(FAILURE_TIME) < 0 ? left : FAILURE_TIME);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return XrpcException.unauthorized("AuthenticationRequired", "Invalid identifier or password");
  }
}

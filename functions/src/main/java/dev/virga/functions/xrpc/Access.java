package dev.virga.functions.xrpc;

/**
 * Whose credentials an endpoint accepts.
 *
 * <p>Source: spec of the reference's auth verifier; the groups FULL, PRIVILEGED and STANDARD nest.
 */
public sealed interface Access {
  /** Anybody; credentials are not looked at. */
  record Open() implements Access {}

  /** Anybody; if credentials are there, they must be good: an account's, the operator's. */
  record OpenOrOwner() implements Access {}

  /** Nobody, or an account elsewhere by a service token for this very method. */
  record OpenOrService() implements Access {}

  /**
   * An account of this server.
   *
   * @param level which sessions
   * @param takendown whether a taken-down account's token is good enough
   * @param signupQueued whether a token of an account still in the queue is good enough
   * @param service whether the account's own service token for this method is accepted as well
   * @param oauth what an OAuth session needs
   */
  record Account(Level level, boolean takendown, boolean signupQueued, boolean service, OAuth oauth)
      implements Access {
    public Account takendownToo() {
      return new Account(level, true, signupQueued, service, oauth);
    }

    public Account signupQueuedToo() {
      return new Account(level, takendown, true, service, oauth);
    }

    public Account serviceToo() {
      return new Account(level, takendown, signupQueued, true, oauth);
    }

    public Account oauth(OAuth rule) {
      return new Account(level, takendown, signupQueued, service, rule);
    }
  }

  /** An account of this server, or the moderation service in its stead (not the operator). */
  record AccountOrModeration(Account account) implements Access {}

  /** A refresh token. */
  record RefreshToken(boolean evenExpired) implements Access {}

  /** The operator. */
  record Admin() implements Access {}

  /** The operator or the configured moderation service. */
  record Moderator() implements Access {}

  /** Which of an account's sessions. */
  enum Level {
    /** Signed in with the account's password. */
    FULL,
    /** Or with an app password that was given privileges. */
    PRIVILEGED,
    /** Or with any app password. */
    STANDARD
  }

  /** What an OAuth session needs to be let in. */
  enum OAuth {
    /** It is not let in. */
    REFUSED,
    /** Nothing but to be valid. */
    ANY,
    /** Scopes that the handler itself asks for, since they depend on the request. */
    SCOPED
  }

  static Access open() {
    return new Open();
  }

  static Account account(Level level) {
    return new Account(level, false, false, false, OAuth.REFUSED);
  }
}

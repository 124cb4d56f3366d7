package dev.virga.pds.repo;

import dev.virga.pds.XrpcException;

/** Whether a repository is served and may be written, as its account's status says. */
public enum RepoState {
  ACTIVE("active"),
  DEACTIVATED("deactivated"),
  TAKENDOWN("takendown"),
  SUSPENDED("suspended");

  private final String text;

  RepoState(String text) {
    this.text = text;
  }

  /** As events and {@code getRepoStatus} name it. */
  public String text() {
    return text;
  }

  public boolean isActive() {
    return this == ACTIVE;
  }

  static RepoState fromText(String text) {
    for (RepoState state : values()) {
      if (state.text.equals(text)) {
        return state;
      }
    }
    throw new IllegalStateException("stored repository state is unknown: " + text);
  }

  /**
   * Demands that no moderator keeps the owner out, who may bring a repository in before the account
   * is active.
   *
   * @throws XrpcException 401 AccountTakedown or AccountSuspended
   */
  void requireUnbarred() {
    if (this != DEACTIVATED) {
      requireWritable();
    }
  }

  /**
   * Demands that the repository may be written.
   *
   * @throws XrpcException 401 AccountDeactivated, AccountTakedown or AccountSuspended
   */
  void requireWritable() {
    switch (this) {
      case ACTIVE -> {}
      case DEACTIVATED ->
          throw XrpcException.unauthorized("AccountDeactivated", "Account is deactivated");
      case TAKENDOWN ->
          throw XrpcException.unauthorized("AccountTakedown", "Account has been taken down");
      case SUSPENDED ->
          throw XrpcException.unauthorized("AccountSuspended", "Account has been suspended");
    }
  }
}

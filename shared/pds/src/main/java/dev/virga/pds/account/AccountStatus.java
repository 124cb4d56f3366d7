package dev.virga.pds.account;

import dev.virga.pds.repo.RepoState;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an account may do, and by whose will. */
public sealed interface AccountStatus {
  /** What the owner of an account decides; it holds again once a measure of ours is lifted. */
  sealed interface Own extends AccountStatus {}

  /** In use. */
  record Active() implements Own {}

  /**
   * Switched off by its owner, or not yet switched on after moving here.
   *
   * @param deleteAfter when the owner wants it deleted, as a wish; null for never
   */
  record Deactivated(Instant since, @Nullable Instant deleteAfter) implements Own {}

  /**
   * Taken down by a moderator.
   *
   * @param ref the moderator's reference
   * @param beneath what the owner decided
   */
  record Takendown(String ref, Own beneath) implements AccountStatus {}

  /**
   * Suspended by a moderator, for a time.
   *
   * @param ref the moderator's reference
   * @param beneath what the owner decided
   */
  record Suspended(String ref, Own beneath) implements AccountStatus {}

  default boolean isActive() {
    return this instanceof Active;
  }

  /** Whether a moderator keeps its owner out. */
  default boolean isBarred() {
    return this instanceof Takendown || this instanceof Suspended;
  }

  /** What the owner decided, whatever lies on top of it. */
  default Own own() {
    return switch (this) {
      case Own own -> own;
      case Takendown(String _, Own beneath) -> beneath;
      case Suspended(String _, Own beneath) -> beneath;
    };
  }

  /** This status with another decision of the owner in it. */
  default AccountStatus withOwn(Own own) {
    return switch (this) {
      case Own _ -> own;
      case Takendown(String ref, Own _) -> new Takendown(ref, own);
      case Suspended(String ref, Own _) -> new Suspended(ref, own);
    };
  }

  /** The state of the account's repository. */
  default RepoState repoState() {
    return switch (this) {
      case Active _ -> RepoState.ACTIVE;
      case Deactivated _ -> RepoState.DEACTIVATED;
      case Takendown _ -> RepoState.TAKENDOWN;
      case Suspended _ -> RepoState.SUSPENDED;
    };
  }

  /** The reason that answers and events give for an account that is not active. */
  default Optional<String> reason() {
    return isActive() ? Optional.empty() : Optional.of(repoState().text());
  }
}

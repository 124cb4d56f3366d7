package dev.virga.pds.repo;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.pds.XrpcException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which repositories this server has. */
public interface HostedRepos {
  /** The repository of an account, whatever its state. */
  Optional<HostedRepo> find(AtIdentifier account);

  /**
   * Repositories in any state, oldest account first.
   *
   * @param cursor of the last one of the page before; null to begin
   * @throws XrpcException InvalidRequest if the cursor is malformed
   */
  List<HostedRepo> list(@Nullable String cursor, int limit);

  /**
   * The repository of an account.
   *
   * @throws XrpcException 400 RepoNotFound
   */
  default HostedRepo require(AtIdentifier account) {
    return find(account)
        .orElseThrow(
            () -> XrpcException.badRequest("RepoNotFound", "Could not find repo: " + account));
  }

  /**
   * The repository of an account, served to anybody.
   *
   * @throws XrpcException 400 RepoNotFound, RepoTakendown, RepoSuspended or RepoDeactivated
   */
  default HostedRepo requireActive(AtIdentifier account) {
    HostedRepo repo = require(account);
    switch (repo.state()) {
      case ACTIVE -> {}
      case TAKENDOWN ->
          throw XrpcException.badRequest("RepoTakendown", "Repo has been takendown: " + repo.did());
      case SUSPENDED ->
          throw XrpcException.badRequest("RepoSuspended", "Repo has been suspended: " + repo.did());
      case DEACTIVATED ->
          throw XrpcException.badRequest(
              "RepoDeactivated", "Repo has been deactivated: " + repo.did());
    }
    return repo;
  }
}

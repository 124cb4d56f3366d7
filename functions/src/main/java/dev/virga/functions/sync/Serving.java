package dev.virga.functions.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;

/** Decides whose repository is served to whom: what the methods of this package have in common. */
final class Serving {
  static final String CAR = "application/vnd.ipld.car";

  private final HostedRepos repos;
  private final RepoReader reader;

  Serving(HostedRepos repos, RepoReader reader) {
    this.repos = repos;
    this.reader = reader;
  }

  /**
   * The repository that a request names, whatever its state if its owner or the operator asks.
   *
   * @throws XrpcException 400 RepoNotFound, RepoTakendown, RepoSuspended or RepoDeactivated
   */
  HostedRepo repo(XrpcRequest request) {
    Did did = Did.parse(request.requireParam("did"));
    return ownerOrOperator(request, did) ? repos.require(did) : repos.requireActive(did);
  }

  private static boolean ownerOrOperator(XrpcRequest request, Did did) {
    return switch (request.credentials()) {
      case Credentials.Admin _ -> true;
      case Credentials.Anonymous _, Credentials.Refresh _, Credentials.Service _ -> false;
      default -> request.account().equals(did);
    };
  }

  /**
   * The head of that repository.
   *
   * @throws XrpcException as {@link #repo}
   */
  Head head(XrpcRequest request) {
    return head(repo(request));
  }

  /**
   * The head of a repository that may be served.
   *
   * @throws XrpcException 400 RepoNotFound if it has none yet
   */
  Head head(HostedRepo repo) {
    return reader.head(repo.did()).orElseThrow(() -> noRoot(repo));
  }

  static XrpcException noRoot(HostedRepo repo) {
    return XrpcException.badRequest("RepoNotFound", "Could not find root for DID: " + repo.did());
  }

  /** A CID of the query. */
  static Cid cid(XrpcRequest request, String param) {
    return Cid.parse(request.requireParam(param));
  }
}

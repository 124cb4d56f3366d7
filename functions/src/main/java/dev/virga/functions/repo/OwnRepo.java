package dev.virga.functions.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepos;
import java.util.Optional;

/** The repository that a write is meant for, which must be the caller's own. */
final class OwnRepo {
  private final HostedRepos repos;

  OwnRepo(HostedRepos repos) {
    this.repos = repos;
  }

  /**
   * The caller's DID, if the {@code repo} of the request names it.
   *
   * @throws XrpcException 401 for somebody else's, 400 InvalidRequest for an unknown one
   */
  Did of(XrpcRequest request) {
    AtIdentifier repo = AtIdentifier.parse(request.requireField("repo"));
    Did caller = request.account();
    Did named =
        repo instanceof Did did
            ? did
            : repos
                .find(repo)
                .map(found -> found.did())
                .orElseThrow(() -> XrpcException.invalidRequest("Could not find repo: " + repo));
    if (!named.equals(caller)) {
      throw XrpcException.unauthorized("AuthenticationRequired", "Invalid repo: " + repo);
    }
    return caller;
  }

  /** A CID of the body. */
  static Optional<Cid> cid(XrpcRequest request, String field) {
    return request.field(field).map(Cid::parse);
  }
}

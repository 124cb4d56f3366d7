package dev.virga.functions.repo;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.repo.RepoImport;
import java.io.IOException;
import java.util.Optional;

/** {@code com.atproto.repo.importRepo}: takes in the repository of an account that moves here. */
public final class ImportRepo implements XrpcHandler {
  private final Accounts accounts;
  private final RepoImport repoImport;
  private final boolean accepting;
  private final Optional<Long> limit;

  /**
   * The method.
   *
   * @param accepting whether this server takes in repositories at all
   * @param limit the most bytes of a CAR; empty for what the import itself allows
   */
  public ImportRepo(
      Accounts accounts, RepoImport repoImport, boolean accepting, Optional<Long> limit) {
    this.accounts = accounts;
    this.repoImport = repoImport;
    this.accepting = accepting;
    this.limit = limit;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
            "com.atproto.repo.importRepo",
            Access.account(Access.Level.FULL).oauth(Access.OAuth.SCOPED))
        .bodyLimit(limit.orElse(Long.MAX_VALUE));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) throws IOException {
    if (!accepting) {
      throw XrpcException.invalidRequest("Service is not accepting repo imports");
    }
    accounts.requireUnbarred(request.account());
    repoImport.run(request.account(), request.body());
    return HttpResponse.empty();
  }
}

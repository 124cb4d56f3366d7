package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.DidChecks;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.RepoCounts;

/** Says how complete an account is here, for its owner who moves it. */
public final class CheckAccountStatus implements XrpcHandler {
  private final Accounts accounts;
  private final DidChecks checks;
  private final Heads heads;
  private final RepoCounts counts;
  private final Blobs blobs;

  public CheckAccountStatus(
      Accounts accounts, DidChecks checks, Heads heads, RepoCounts counts, Blobs blobs) {
    this.accounts = accounts;
    this.checks = checks;
    this.heads = heads;
    this.counts = counts;
    this.blobs = blobs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.checkAccountStatus",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.ANY));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = request.account();
    Account account = accounts.require(did);
    Head head = heads.find(did).orElseThrow();
    Blobs.Counts blobCounts = blobs.count(did);
    long records = counts.records(did);
    return HttpResponse.json(
        Value.Obj.builder()
            .put("activated", account.status().isActive())
            .put("validDid", checks.isValid(did))
            .put("repoCommit", head.commit().toString())
            .put("repoRev", head.rev().toString())
            .put("repoBlocks", 1 + counts.nodes(did, head) + records)
            .put("indexedRecords", records)
            .put("privateStateValues", 0)
            .put("expectedBlobs", blobCounts.expected())
            .put("importedBlobs", blobCounts.imported())
            .build());
  }
}

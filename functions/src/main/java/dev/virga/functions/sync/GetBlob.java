package dev.virga.functions.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.blob.StoredBlob;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.store.Objects;
import java.io.IOException;
import java.io.OutputStream;

/** {@code com.atproto.sync.getBlob}: the bytes of a blob, so that no browser will run them. */
public final class GetBlob implements XrpcHandler {
  private final Serving serving;
  private final Blobs blobs;

  public GetBlob(HostedRepos repos, RepoReader reader, Blobs blobs) {
    this.serving = new Serving(repos, reader);
    this.blobs = blobs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getBlob", new Access.OpenOrOwner());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Cid cid = Serving.cid(request, "cid");
    HostedRepo repo = serving.repo(request);
    StoredBlob blob =
        blobs
            .find(repo.did(), cid)
            .filter(found -> found.used() && found.takedown().isEmpty())
            .orElseThrow(() -> notFound(cid));
    return HttpResponse.stored(blob.type(), blob.size(), blob.object(), out -> write(blob, out))
        .withHeader("X-Content-Type-Options", "nosniff")
        .withHeader("Content-Disposition", "attachment; filename=\"" + cid + "\"")
        .withHeader("Content-Security-Policy", "default-src 'none'; sandbox");
  }

  private void write(StoredBlob blob, OutputStream out) throws IOException {
    try (Objects.Opened opened = blobs.open(blob).orElseThrow(() -> notFound(blob.cid()))) {
      opened.content().transferTo(out);
    }
  }

  private static XrpcException notFound(Cid cid) {
    return XrpcException.badRequest("BlobNotFound", "Could not find blob: " + cid);
  }
}

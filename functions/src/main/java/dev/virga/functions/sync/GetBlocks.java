package dev.virga.functions.sync;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code com.atproto.sync.getBlocks}: some blocks of a repository as a CAR. */
public final class GetBlocks implements XrpcHandler {
  /** Blocks asked for at once: as many as a commit of the greatest size touches, generously. */
  private static final int MAX_BLOCKS = 1_000;

  private final Serving serving;
  private final RepoReader reader;

  public GetBlocks(HostedRepos repos, RepoReader reader) {
    this.serving = new Serving(repos, reader);
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getBlocks", new Access.OpenOrOwner());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    List<Cid> cids = request.listParam("cids").stream().map(Cid::parse).distinct().toList();
    if (cids.size() > MAX_BLOCKS) {
      throw XrpcException.invalidRequest("Too many cids. Max: " + MAX_BLOCKS);
    }
    HostedRepo repo = serving.repo(request);
    Head head = serving.head(repo);
    List<Block> blocks = new ArrayList<>();
    List<Cid> missing = new ArrayList<>();
    for (Cid cid : cids) {
      Optional<Block> block = reader.block(repo.did(), head, cid);
      block.ifPresentOrElse(blocks::add, () -> missing.add(cid));
    }
    if (!missing.isEmpty()) {
      throw XrpcException.badRequest("BlockNotFound", "Could not find cids: " + missing);
    }
    return HttpResponse.stream(
        Serving.CAR,
        -1,
        out -> {
          CarWriter car = new CarWriter(out, List.of());
          for (Block block : blocks) {
            car.write(block);
          }
        });
  }
}

package dev.virga.functions.repo;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code com.atproto.repo.describeRepo}: an account's identity and collections. */
public final class DescribeRepo implements XrpcHandler {
  private final HostedRepos repos;
  private final RepoReader reader;
  private final Function<Did, Optional<Value.Obj>> didDocuments;

  /**
   * @param didDocuments the current DID document of an account; empty if it cannot be had
   */
  public DescribeRepo(
      HostedRepos repos, RepoReader reader, Function<Did, Optional<Value.Obj>> didDocuments) {
    this.repos = repos;
    this.reader = reader;
    this.didDocuments = didDocuments;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.repo.describeRepo", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    HostedRepo repo = repos.requireActive(AtIdentifier.parse(request.requireParam("repo")));
    Value.Obj document =
        didDocuments
            .apply(repo.did())
            .orElseThrow(
                () -> XrpcException.invalidRequest("Could not resolve DID: " + repo.did()));
    Handle handle = repo.handle();
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("handle", handle == null ? "handle.invalid" : handle.text());
          json.writeStringProperty("did", repo.did().text());
          json.writeName("didDoc");
          DataJson.write(document, json);
          json.writeArrayPropertyStart("collections");
          reader.collections(repo.did()).forEach(nsid -> json.writeString(nsid.text()));
          json.writeEndArray();
          json.writeBooleanProperty("handleIsCorrect", handle != null && names(document, handle));
          json.writeEndObject();
        });
  }

  /** Whether the first handle of a DID document is this one. */
  private static boolean names(Value.Obj document, Handle handle) {
    List<Value> names =
        document.get("alsoKnownAs").orElse(null) instanceof Value.Array(List<Value> items)
            ? items
            : List.of();
    return names.stream()
        .filter(name -> name instanceof Value.Text(String text) && text.startsWith("at://"))
        .findFirst()
        .filter(name -> name.equals(Value.of("at://" + handle)))
        .isPresent();
  }
}

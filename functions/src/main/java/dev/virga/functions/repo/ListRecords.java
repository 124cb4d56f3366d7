package dev.virga.functions.repo;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.repo.RepoRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** {@code com.atproto.repo.listRecords}: a page of one collection, newest keys first. */
public final class ListRecords implements XrpcHandler {
  private final HostedRepos repos;
  private final RepoReader reader;

  public ListRecords(HostedRepos repos, RepoReader reader) {
    this.repos = repos;
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.repo.listRecords", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    AtIdentifier repo = AtIdentifier.parse(request.requireParam("repo"));
    HostedRepo hosted =
        repos
            .find(repo)
            .filter(found -> found.state().isActive())
            .orElseThrow(() -> XrpcException.invalidRequest("Could not find repo: " + repo));
    Nsid collection = Nsid.parse(request.requireParam("collection"));
    List<RepoRecord> records =
        reader.records(
            hosted.did(),
            collection,
            request.intParam("limit"),
            request.param("cursor").orElse(null),
            request.flagParam("reverse"));
    String prefix = "at://" + hosted.did() + "/";
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("records");
          records.forEach(record -> write(json, prefix, record));
          json.writeEndArray();
          if (!records.isEmpty()) {
            json.writeStringProperty("cursor", records.getLast().rkey());
          }
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, String prefix, RepoRecord record) {
    json.writeStartObject();
    plain(json, "uri", prefix + record.path());
    plain(json, "cid", record.cid().toString());
    json.writeName("value");
    DataJson.transcode(record.bytes(), json);
    json.writeEndObject();
  }

  /** Writes a text in which nothing is to be escaped, which is much cheaper. */
  private static void plain(JsonGenerator json, String name, String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    json.writeName(name);
    json.writeRawUTF8String(bytes, 0, bytes.length);
  }
}

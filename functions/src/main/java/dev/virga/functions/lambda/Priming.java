package dev.virga.functions.lambda;

import dev.virga.functions.lambda.event.HttpEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The requests that a function rehearses before a snapshot is taken of it: one of each kind that it
 * answers, none of which changes anything.
 */
final class Priming {
  /** Nobody's: the top-level domain is reserved (RFC 2606). */
  private static final String NOBODY = "did:web:priming.invalid";

  private Priming() {}

  static List<HttpEvent> events(Group group) {
    List<HttpEvent> events = new ArrayList<>();
    events.add(get("/xrpc/_health", ""));
    events.add(request("OPTIONS", "/xrpc/com.atproto.server.getSession", "", new byte[0]));
    switch (group) {
      case READ -> {
        events.add(get("/xrpc/com.atproto.server.describeServer", ""));
        events.add(
            get(
                "/xrpc/com.atproto.repo.getRecord",
                "repo=" + NOBODY + "&collection=app.bsky.feed.post&rkey=3jui7kd54zh2y"));
        events.add(
            get(
                "/xrpc/com.atproto.repo.listRecords",
                "repo=" + NOBODY + "&collection=app.bsky.feed.post&limit=50"));
        events.add(get("/xrpc/com.atproto.sync.getLatestCommit", "did=" + NOBODY));
        events.add(get("/xrpc/com.atproto.sync.getRepo", "did=" + NOBODY));
      }
      case WRITE ->
          events.add(
              post(
                  "/xrpc/com.atproto.repo.createRecord",
                  """
                  {"repo":"%s","collection":"app.bsky.feed.post","record":{"text":"hello",\
                  "createdAt":"2026-01-01T00:00:00Z"}}\
                  """
                      .formatted(NOBODY)));
      case ACCOUNT -> {
        events.add(
            post(
                "/xrpc/com.atproto.server.createSession",
                """
                {"identifier":"nobody@priming.invalid","password":"nothing"}\
                """));
        events.add(get("/xrpc/com.atproto.server.getSession", ""));
      }
      case ADMIN -> events.add(get("/xrpc/com.atproto.admin.getAccountInfo", "did=" + NOBODY));
      case PROXY -> {
        events.add(get("/", ""));
        events.add(get("/.well-known/atproto-did", ""));
        events.add(get("/.well-known/did.json", ""));
        events.add(get("/xrpc/app.bsky.feed.getTimeline", ""));
      }
    }
    return events;
  }

  private static HttpEvent get(String path, String query) {
    return request("GET", path, query, new byte[0]);
  }

  private static HttpEvent post(String path, String json) {
    return request("POST", path, "", json.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpEvent request(String method, String path, String query, byte[] body) {
    Map<String, String> headers =
        Map.of(
            "content-type", "application/json",
            "accept-encoding", "gzip",
            "host", "priming.invalid",
            "content-length", Integer.toString(body.length));
    return new HttpEvent(
        method, path, query, headers, List.of(), body, "priming.invalid", "192.0.2.1", "$default");
  }
}

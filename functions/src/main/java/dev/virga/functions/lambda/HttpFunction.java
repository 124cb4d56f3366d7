package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.Pages;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.lambda.event.HttpEvent;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.ErrorAnswers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers the requests of one {@link Group}: what all functions behind the HTTP API are. */
abstract class HttpFunction extends CloudFunction<HttpFunction.Serving>
    implements RequestStreamHandler {
  private final Group group;

  /** What is made again after a restore. */
  record Serving(Cloud cloud, Site site, Edge edge, Answers answers) {}

  HttpFunction(Group group, Map<String, String> environment) {
    super(environment);
    this.group = group;
    begin();
  }

  @Override
  final Serving compose(Cloud cloud, Map<String, String> variables) {
    Site site =
        Pages.site(
            cloud.services(), Version.read(), List.of(), method -> Groups.of(method) == group);
    return new Serving(
        cloud,
        site,
        new Edge(Optional.ofNullable(variables.get("VIRGA_EDGE_TOKEN"))),
        new Answers(cloud.stores().objects(), cloud.random()));
  }

  @Override
  public final void handleRequest(InputStream in, OutputStream out, Context context)
      throws IOException {
    out.write(answer(HttpEvent.read(in)));
  }

  private byte[] answer(HttpEvent event) {
    Serving serving = current();
    Optional<HttpRequest> request = serving.edge().request(event);
    if (request.isEmpty()) {
      HttpResponse bad =
          ErrorAnswers.json(400, "InvalidRequest", "Malformed percent encoding in the path")
              .withHeader("Access-Control-Allow-Origin", "*");
      return serving.answers().encode(NOWHERE, bad);
    }
    byte[] answer = serving.answers().encode(request.get(), serving.site().answer(request.get()));
    settle();
    return answer;
  }

  private static final HttpRequest NOWHERE =
      new HttpRequest("GET", "/", "", Map.of(), InputStream.nullInputStream(), "");

  @Override
  final void prime() throws IOException {
    for (HttpEvent event : Priming.events(group)) {
      answer(event);
    }
  }
}

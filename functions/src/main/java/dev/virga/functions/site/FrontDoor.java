package dev.virga.functions.site;

import dev.virga.functions.http.HttpResponse;
import java.util.List;

/** What a browser or a crawler that looks in finds: a greeting and leave to look around. */
public final class FrontDoor {
  private static final String GREETING =
      """
         .-~~~-.
       .(       )~.          virga
      (            )
       `~-.....--~'          An AT Protocol Personal Data Server.
         / / ' / /           Its methods live under /xrpc/
          ' / ' '            What it is: https://atproto.com
           '   '
      """;
  private static final String ROBOTS =
      "# Everything here is public; look around.\nUser-agent: *\nAllow: /\n";

  private FrontDoor() {}

  public static List<Route> routes() {
    return List.of(
        Route.get("/", request -> HttpResponse.text(200, GREETING)),
        Route.get("/robots.txt", request -> HttpResponse.text(200, ROBOTS)));
  }
}

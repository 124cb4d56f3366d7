package dev.virga.functions;

import dev.virga.functions.site.DevMail;
import dev.virga.functions.site.FrontDoor;
import dev.virga.functions.site.Health;
import dev.virga.functions.site.Route;
import dev.virga.functions.site.Site;
import dev.virga.functions.site.WellKnown;
import dev.virga.functions.xrpc.Unrouted;
import dev.virga.functions.xrpc.XrpcDispatcher;
import java.util.ArrayList;
import java.util.List;

/** Puts the methods and the plain pages together to the site that an adapter serves. */
public final class Pages {
  private Pages() {}

  /**
   * The whole site.
   *
   * @param version shown by the health page
   * @param more routes of the adapter's own
   */
  public static Site site(Services on, String version, List<Route> more) {
    XrpcDispatcher xrpc =
        new XrpcDispatcher(
            Methods.all(on),
            on.lexicons,
            on.authenticator,
            on.limiter,
            Unrouted.refusing(on.authenticator));
    List<Route> routes = new ArrayList<>(FrontDoor.routes());
    routes.addAll(new Health(on.on.index(), version).routes());
    routes.addAll(new WellKnown(on.config, on.handles::find).routes());
    on.mail
        .devMailbox()
        .ifPresent(box -> routes.addAll(new DevMail(box, on.config.service()).routes()));
    routes.addAll(more);
    return new Site(xrpc, routes);
  }
}

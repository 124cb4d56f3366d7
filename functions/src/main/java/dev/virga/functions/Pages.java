package dev.virga.functions;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.site.DevMail;
import dev.virga.functions.site.FrontDoor;
import dev.virga.functions.site.Health;
import dev.virga.functions.site.Route;
import dev.virga.functions.site.Site;
import dev.virga.functions.site.WellKnown;
import dev.virga.functions.sync.NoFirehose;
import dev.virga.functions.xrpc.Unrouted;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.functions.xrpc.XrpcHandler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

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
    return site(on, version, more, Methods.all(on), Set.of());
  }

  /**
   * The site of a process that answers some of the methods and holds no sockets; clients that come
   * here for others of ours are told where they are.
   *
   * @param here which methods are answered
   */
  public static Site site(Services on, String version, List<Route> more, Predicate<Nsid> here) {
    Set<Nsid> elsewhere = new HashSet<>();
    List<XrpcHandler> handlers = new ArrayList<>(List.of(new NoFirehose()));
    for (XrpcHandler handler : Methods.all(on)) {
      Nsid method = handler.endpoint().nsid();
      if (here.test(method)) {
        handlers.add(handler);
      } else {
        elsewhere.add(method);
      }
    }
    return site(on, version, more, handlers, elsewhere);
  }

  private static Site site(
      Services on,
      String version,
      List<Route> more,
      List<XrpcHandler> handlers,
      Set<Nsid> elsewhere) {
    XrpcDispatcher xrpc =
        new XrpcDispatcher(
            handlers,
            on.lexicons,
            on.authenticator,
            on.limiter,
            Unrouted.refusing(on.authenticator).except(elsewhere));
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

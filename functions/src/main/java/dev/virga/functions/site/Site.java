package dev.virga.functions.site;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.ErrorAnswers;
import dev.virga.functions.xrpc.XrpcDispatcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The whole of what this server answers over HTTP: the methods, the plain pages, and 404. */
public final class Site {
  private final XrpcDispatcher xrpc;
  private final List<Route> routes;

  /**
   * A site of methods and pages.
   *
   * @param pages asked in order, before the methods
   */
  public Site(XrpcDispatcher xrpc, List<Route> pages) {
    this.xrpc = xrpc;
    this.routes = List.copyOf(pages);
  }

  /** Answers a request; throws nothing. */
  public HttpResponse answer(HttpRequest request) {
    List<Route> here = new ArrayList<>(2);
    for (Route route : routes) {
      if (route.hasPath(request.path())) {
        if (route.hasMethod(request.method())) {
          return Cors.open(page(route, request));
        }
        here.add(route);
      }
    }
    if (request.method().equals("OPTIONS")) {
      return Cors.preflight(request);
    }
    if (!here.isEmpty()) {
      return Cors.open(wrongMethod(here));
    }
    return Cors.open(
        request.path().startsWith(XrpcDispatcher.PREFIX)
            ? xrpc.dispatch(request)
            : HttpResponse.text(404, "Not Found"));
  }

  private static HttpResponse page(Route route, HttpRequest request) {
    try {
      return route.page().answer(request);
    } catch (IOException | RuntimeException e) {
      return ErrorAnswers.of(e, request.method() + " " + request.path());
    }
  }

  private static HttpResponse wrongMethod(List<Route> here) {
    String allowed = here.stream().map(Route::method).distinct().collect(Collectors.joining(", "));
    return HttpResponse.text(405, "Method Not Allowed").withHeader("Allow", allowed);
  }
}

package dev.virga.functions;

import dev.virga.functions.xrpc.XrpcHandler;
import java.util.ArrayList;
import java.util.List;

/** The table of all methods that this server answers: a handler for each NSID. */
public final class Methods {
  private final List<XrpcHandler> handlers = new ArrayList<>();

  /** Adds a chapter's handlers. */
  public Methods with(List<? extends XrpcHandler> chapter) {
    handlers.addAll(chapter);
    return this;
  }

  public List<XrpcHandler> all() {
    return List.copyOf(handlers);
  }
}

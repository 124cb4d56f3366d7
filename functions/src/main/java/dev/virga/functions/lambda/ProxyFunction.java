package dev.virga.functions.lambda;

import java.util.Map;

/**
 * Answers what no other function does: pages, documents by host name, methods of other services.
 * The entry of {@link Group#PROXY}.
 */
public final class ProxyFunction extends HttpFunction {
  /** For Lambda. */
  public ProxyFunction() {
    this(System.getenv());
  }

  ProxyFunction(Map<String, String> environment) {
    super(Group.PROXY, environment);
  }
}

package dev.virga.functions.lambda;

import java.util.Map;

/** Answers what anybody may read. The entry of {@link Group#READ}. */
public final class ReadFunction extends HttpFunction {
  /** For Lambda. */
  public ReadFunction() {
    this(System.getenv());
  }

  ReadFunction(Map<String, String> environment) {
    super(Group.READ, environment);
  }
}

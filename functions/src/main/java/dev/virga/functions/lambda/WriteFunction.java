package dev.virga.functions.lambda;

import java.util.Map;

/** Changes repositories. The entry of {@link Group#WRITE}. */
public final class WriteFunction extends HttpFunction {
  /** For Lambda. */
  public WriteFunction() {
    this(System.getenv());
  }

  WriteFunction(Map<String, String> environment) {
    super(Group.WRITE, environment);
  }
}

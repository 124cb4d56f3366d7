package dev.virga.functions.lambda;

import java.util.Map;

/** Answers the operator. The entry of {@link Group#ADMIN}. */
public final class AdminFunction extends HttpFunction {
  /** For Lambda. */
  public AdminFunction() {
    this(System.getenv());
  }

  AdminFunction(Map<String, String> environment) {
    super(Group.ADMIN, environment);
  }
}

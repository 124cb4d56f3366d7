package dev.virga.functions.lambda;

import java.util.Map;

/** Answers for accounts, sessions and identities. The entry of {@link Group#ACCOUNT}. */
public final class AccountFunction extends HttpFunction {
  /** For Lambda. */
  public AccountFunction() {
    this(System.getenv());
  }

  AccountFunction(Map<String, String> environment) {
    super(Group.ACCOUNT, environment);
  }
}

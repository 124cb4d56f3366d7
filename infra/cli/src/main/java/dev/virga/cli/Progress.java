package dev.virga.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** Says on standard error, where somebody watches, how many accounts a command has come to. */
final class Progress implements Consumer<String> {
  private static final int EVERY = 100;

  private final PrintWriter err;
  private int accounts;

  Progress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void accept(String did) {
    accounts++;
    if (accounts == 1 || accounts % EVERY == 0) {
      err.printf("account %d: %s%n", accounts, did);
      err.flush();
    }
  }
}

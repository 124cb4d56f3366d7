package dev.virga.functions.fuzz;

import static java.util.Objects.requireNonNull;

/** What Jazzer's driver calls, in a process of its own per target; named by its convention. */
public final class JazzerEntry {
  private static final FuzzTarget TARGET =
      FuzzTarget.of(requireNonNull(System.getProperty("fuzz.target"), "fuzz.target"));

  private JazzerEntry() {}

  public static void fuzzerTestOneInput(byte[] input) {
    TARGET.accept(input);
  }
}

package dev.virga.functions.server;

import dev.virga.pds.XrpcException;

/** How many codes and uses the operator may ask for at once. */
final class InviteCounts {
  private static final long MAX_USES = 1_000_000;
  private static final long MAX_CODES = 500;

  private InviteCounts() {}

  static int uses(long asked) {
    return within(asked, MAX_USES, "useCount");
  }

  static int codes(long asked) {
    return within(asked, MAX_CODES, "codeCount");
  }

  private static int within(long asked, long max, String name) {
    if (asked < 1 || asked > max) {
      throw XrpcException.invalidRequest(name + " must be 1 to " + max);
    }
    return (int) asked;
  }
}

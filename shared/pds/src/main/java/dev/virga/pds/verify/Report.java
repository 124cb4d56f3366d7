package dev.virga.pds.verify;

import dev.virga.atproto.syntax.Did;

/** Where a {@link Verifier} tells what it finds, as it goes. */
public interface Report {
  void found(Finding finding);

  /**
   * Called when an account was looked at.
   *
   * @param sum of everything looked at so far
   */
  default void progress(Did did, Tally sum) {}
}

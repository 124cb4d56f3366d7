package dev.virga.host;

/** What a {@link Host} does beside answering requests. */
public enum Mode {
  /** Everything: numbers events, finishes what was left half done, tells relays of news. */
  ALL,
  /**
   * Nothing: keeps no state, serves the event stream and what is too large for functions. Others
   * number the events and poke it.
   */
  FIREHOSE
}

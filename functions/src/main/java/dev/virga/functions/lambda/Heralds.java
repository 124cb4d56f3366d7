package dev.virga.functions.lambda;

import dev.virga.pds.sync.CrawlRequests;
import java.util.function.LongConsumer;

/** Tell of new events whoever waits for them: what the sequencer of a function calls. */
final class Heralds {
  private Heralds() {}

  /** All of a deployment; none of them throws or is waited for. */
  static LongConsumer of(Cloud cloud) {
    CrawlRequests crawls = cloud.services().crawlRequests();
    return last -> crawls.news();
  }
}

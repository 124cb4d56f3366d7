package dev.virga.pds.verify;

/**
 * How much was looked at.
 *
 * @param bytes of nodes, records, packs and blobs that were read
 */
public record Tally(
    long accounts, long records, long nodes, long packs, long blobs, long events, long bytes) {
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0);

  Tally plus(Tally other) {
    return new Tally(
        accounts + other.accounts,
        records + other.records,
        nodes + other.nodes,
        packs + other.packs,
        blobs + other.blobs,
        events + other.events,
        bytes + other.bytes);
  }

  static Tally ofAccount() {
    return new Tally(1, 0, 0, 0, 0, 0, 0);
  }

  static Tally ofTree(long records, long nodes, long bytes) {
    return new Tally(0, records, nodes, 0, 0, 0, bytes);
  }

  static Tally ofPacks(long packs, long bytes) {
    return new Tally(0, 0, 0, packs, 0, 0, bytes);
  }

  static Tally ofBlobs(long blobs, long bytes) {
    return new Tally(0, 0, 0, 0, blobs, 0, bytes);
  }

  static Tally ofEvents(long events) {
    return new Tally(0, 0, 0, 0, 0, events, 0);
  }
}

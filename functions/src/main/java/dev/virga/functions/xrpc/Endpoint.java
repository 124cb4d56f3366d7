package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Nsid;

/**
 * What a handler declares of itself; verb, parameters and body follow from the lexicon of its NSID.
 *
 * @param access whose credentials it accepts
 * @param bodyLimit the most bytes of a body, after content decoding
 */
public record Endpoint(Nsid nsid, Access access, long bodyLimit) {
  /** Bytes of a JSON body unless an endpoint says otherwise. */
  public static final long JSON_LIMIT = 150_000;

  /** Bytes of a JSON body that carries records. */
  public static final long RECORDS_LIMIT = 1_000_000;

  public static Endpoint of(String nsid, Access access) {
    return new Endpoint(Nsid.parse(nsid), access, JSON_LIMIT);
  }

  public Endpoint bodyLimit(long bytes) {
    return new Endpoint(nsid, access, bytes);
  }
}

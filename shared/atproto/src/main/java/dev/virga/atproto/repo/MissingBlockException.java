package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;

/** A block that a tree refers to is not in its {@link BlockSource}. */
public final class MissingBlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Cid cid;

  public MissingBlockException(Cid cid) {
    super("missing block " + cid);
    this.cid = cid;
  }

  public Cid cid() {
    return cid;
  }
}

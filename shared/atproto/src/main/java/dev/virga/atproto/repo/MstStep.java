package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;

/** A step of a walk over a tree in pre-order: a node, or an entry in its place among them. */
public sealed interface MstStep {

  /** A node, before everything in it. The bytes are shared, never written to. */
  @SuppressWarnings("ArrayRecordComponent")
  record Node(Cid cid, byte[] bytes) implements MstStep {}

  /** An entry: after the subtree of lesser keys, before the subtree of greater ones. */
  @SuppressWarnings("JavaLangClash")
  record Record(String key, Cid cid) implements MstStep {}
}

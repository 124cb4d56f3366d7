package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;

/** One leaf of a tree: the key {@code collection/rkey} and the CID of its record. */
public record MstEntry(String key, Cid value) {}

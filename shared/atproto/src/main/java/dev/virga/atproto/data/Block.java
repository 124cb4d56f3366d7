package dev.virga.atproto.data;

/** A content-addressed piece of a repository. The bytes are shared, never written to. */
@SuppressWarnings("ArrayRecordComponent")
public record Block(Cid cid, byte[] bytes) {}

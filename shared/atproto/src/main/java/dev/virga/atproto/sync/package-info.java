/**
 * The messages of {@code com.atproto.sync.subscribeRepos}, byte for byte.
 *
 * <p>Terms: an <i>event</i> is what happened, without its number; a <i>frame</i> is what one
 * WebSocket message carries: a header and a payload, both DAG-CBOR, one after the other. Traps: a
 * frame's payload has no {@code $type}, and fields that are null must be there as null; the blocks
 * of a commit may be 2 MB, so events rest without them, {@code withBlocks} puts them back, and a
 * frame copies them once. Source: atproto.com/specs/event-stream and atproto.com/specs/sync.
 */
@NullMarked
package dev.virga.atproto.sync;

import org.jspecify.annotations.NullMarked;

package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import org.jspecify.annotations.Nullable;

/**
 * A difference between two trees at one key.
 *
 * @param before the record in the first tree; null if the second added it
 * @param after the record in the second tree; null if it is gone there
 */
public record RecordChange(String key, @Nullable Cid before, @Nullable Cid after) {}

package dev.virga.pds.jetstream;

import dev.virga.atproto.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * What an event is about, which is all that a {@link Filter} looks at.
 *
 * @param collection the collection of a commit's operation; null for events about an identity or an
 *     account
 */
record Topic(Did did, @Nullable String collection) {}

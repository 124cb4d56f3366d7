/** The methods of {@code app.bsky.actor} that the server itself answers: preferences. */
@NullMarked
package dev.virga.functions.actor;

import org.jspecify.annotations.NullMarked;

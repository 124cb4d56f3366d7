/** The methods of {@code com.atproto.moderation}. */
@NullMarked
package dev.virga.functions.moderation;

import org.jspecify.annotations.NullMarked;

/** The methods of {@code com.atproto.identity}: handles, DIDs and what changes them. */
@NullMarked
package dev.virga.functions.identity;

import org.jspecify.annotations.NullMarked;

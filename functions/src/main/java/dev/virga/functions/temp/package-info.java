/** The methods of {@code com.atproto.temp} that have found no better place yet. */
@NullMarked
package dev.virga.functions.temp;

import org.jspecify.annotations.NullMarked;

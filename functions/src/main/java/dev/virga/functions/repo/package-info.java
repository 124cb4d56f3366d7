/** The methods of {@code com.atproto.repo}: one class each. */
@NullMarked
package dev.virga.functions.repo;

import org.jspecify.annotations.NullMarked;

/**
 * The methods of {@code com.atproto.sync}: one class each. What is wrong with a repository's state
 * is said as a 400 with its name.
 */
@NullMarked
package dev.virga.functions.sync;

import org.jspecify.annotations.NullMarked;

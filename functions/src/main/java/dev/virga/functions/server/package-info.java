/** The methods of {@code com.atproto.server}: accounts and their sessions. */
@NullMarked
package dev.virga.functions.server;

import org.jspecify.annotations.NullMarked;

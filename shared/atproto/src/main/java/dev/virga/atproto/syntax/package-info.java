/** The identifiers of the AT Protocol as types: parse at the edge, pass types inside. */
@NullMarked
package dev.virga.atproto.syntax;

import org.jspecify.annotations.NullMarked;

/**
 * The identifiers of the AT Protocol as types: parse at the edge, pass types inside.
 *
 * <p>Each type validates in its constructor, so a value that exists is well-formed; {@code parse}
 * reads text from outside and throws {@link dev.virga.atproto.syntax.SyntaxException}. Handles (and
 * the handle inside an AT-URI) are lower-cased on the way in; everything else is kept letter for
 * letter. A {@code Tid} is compared unsigned: the syntax admits values whose top bit is set.
 */
@NullMarked
package dev.virga.atproto.syntax;

import org.jspecify.annotations.NullMarked;

/**
 * XRPC on top of {@code http}: endpoints declare themselves, the dispatcher authenticates, limits
 * and validates, handlers answer.
 */
@NullMarked
package dev.virga.functions.xrpc;

import org.jspecify.annotations.NullMarked;

/**
 * The handlers, one small class per XRPC method in the protocol's own chapters, and what composes
 * them.
 */
@NullMarked
package dev.virga.functions;

import org.jspecify.annotations.NullMarked;

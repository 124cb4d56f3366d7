/**
 * HTTP as handlers see it, the same under Lambda and in the host; adapters turn their own kind into
 * it.
 */
@NullMarked
package dev.virga.functions.http;

import org.jspecify.annotations.NullMarked;

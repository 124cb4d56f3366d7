/**
 * Jetty as an adapter: requests in, answers out, event streams over WebSocket. The only place that
 * knows Jetty.
 *
 * <p>Requests run on virtual threads and block as they like. The event stream's frames are sent by
 * Jetty's own threads, one frame per subscriber under way at a time.
 */
@NullMarked
package dev.virga.host.http;

import org.jspecify.annotations.NullMarked;

/** The whole PDS in one process: the composition root, HTTP and WebSocket, and the local stores. */
@NullMarked
package dev.virga.host;

import org.jspecify.annotations.NullMarked;

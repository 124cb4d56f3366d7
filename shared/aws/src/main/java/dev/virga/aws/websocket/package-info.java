/**
 * The ports of {@link dev.virga.pds.jetstream.WebSocketApi} on AWS: messages through API Gateway's
 * management API, and an asynchronous call of the function that goes on feeding.
 *
 * <p>Three signed HTTP calls, no clients of the SDK: that of the management API is not released
 * with the others any more, and that of Lambda is larger than all our functions.
 */
@NullMarked
package dev.virga.aws.websocket;

import org.jspecify.annotations.NullMarked;

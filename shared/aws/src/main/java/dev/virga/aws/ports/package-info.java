/**
 * Both ports of a deployment together, as a Lambda function and a host on cloud backends open them.
 *
 * <p>Trap: close in the order opposite to opening: whatever polls, the stores, the environment.
 */
@NullMarked
package dev.virga.aws.ports;

import org.jspecify.annotations.NullMarked;

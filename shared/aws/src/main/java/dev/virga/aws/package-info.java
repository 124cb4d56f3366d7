/**
 * What the clients of all AWS services share: how they reach their service and how they retry.
 *
 * <p>The SDK's own retries are switched off: {@link dev.virga.aws.Retries} does them, because only
 * here is it known whether a request may be repeated after an answer was lost. Nothing in this
 * module holds clock, randomness, credentials or sockets in a static field, so that a function may
 * be restored from a snapshot.
 */
@NullMarked
package dev.virga.aws;

import org.jspecify.annotations.NullMarked;

/**
 * The event stream in Jetstream's format: JSON text, filtered for each subscriber by collection and
 * account.
 *
 * <p>Terms: an <i>event</i> is one operation of a commit, or a change of an identity or an account,
 * as one JSON object; its {@code time_us} is the number of the log entry that it comes from. A
 * <i>cursor</i> is such a number, and inclusive: a commit of several operations makes several
 * events with one number, so a subscriber that lost its connection among them asks for all of them
 * again. {@code #sync} has no form here, and commits without operations make no event. Two ways
 * lead out: {@link dev.virga.pds.jetstream.Jetstream} over sockets that this process holds, and
 * {@link dev.virga.pds.jetstream.WebSocketApi} over connections that a gateway holds. Source: the
 * README of github.com/bluesky-social/jetstream, as it was when the format was frozen.
 */
@NullMarked
package dev.virga.pds.jetstream;

import org.jspecify.annotations.NullMarked;

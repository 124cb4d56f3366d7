/**
 * Events on their way from a repository's commit to the network.
 *
 * <p>Terms: the <i>outbox</i> holds what a transaction reports, inside that transaction; the
 * <i>sequencer</i> gives each event its number and puts it into the <i>log</i>; the <i>firehose</i>
 * reads the log. The sequencer is the only writer of the log and of its own state.
 */
@NullMarked
package dev.virga.pds.sync;

import org.jspecify.annotations.NullMarked;

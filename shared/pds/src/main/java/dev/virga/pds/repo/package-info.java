/**
 * Repositories at rest: how commits are made, stored, read and exported on the two ports.
 *
 * <p>Terms: the <i>head</i> is the item that says which commit is current; a <i>pack</i> is the CAR
 * of one commit, exactly the blocks of its firehose event. A commit happens in the one transaction
 * that replaces the head; what is stored before it (pack, nodes) is harmless if it never comes. A
 * tree node is <i>young</i> while only a pack has it, and <i>settled</i> once it has an item; which
 * are young, the head says. Writers of one process who wait for each other may be served in one
 * <i>turn</i>: their commits follow each other and are stored in one go, as a <i>joint</i> of which
 * only the last is ever found to be current. Traps: every writer must condition on the head's etag;
 * a head with a pending commit must be finished by whoever finds it, before anything else.
 */
@NullMarked
package dev.virga.pds.repo;

import org.jspecify.annotations.NullMarked;

/**
 * The two ports on one machine: the Index on SQLite, the Objects in a directory.
 *
 * <p>Both belong to one process at a time. {@link dev.virga.host.store.Durability} says what an
 * acknowledged write survives; give both the same, or a power cut may leave an Index that points to
 * objects which are not there. Calls into SQLite pin the carrier of a virtual thread: reads do so
 * for microseconds and on few connections; writes are done by one platform thread, which commits
 * many transactions with one sync. Nothing above the ports may depend on this package except
 * composition.
 */
@NullMarked
package dev.virga.host.store;

import org.jspecify.annotations.NullMarked;

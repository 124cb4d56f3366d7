/**
 * What keeps accounts when the Index, or the whole server, is lost: snapshots of accounts in the
 * Objects, their rebuilding from there, backups into a folder and their restoration.
 *
 * <p>Terms: a <i>dump</i> is everything of an account that is not its repository, its blobs, or of
 * the moment (sessions, mailed tokens, events), item by item. Kinds of items that this package has
 * never heard of are taken along, as long as they are in the account's own partition. Trap: signing
 * keys stay sealed in dumps; whoever restores one must have the secret that they were sealed with.
 */
@NullMarked
package dev.virga.pds.backup;

import org.jspecify.annotations.NullMarked;

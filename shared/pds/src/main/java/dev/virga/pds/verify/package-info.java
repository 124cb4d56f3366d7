/**
 * The invariants of everything that is stored, written once: what {@code virga verify} proves and
 * what the tests demand after every crash.
 *
 * <p>Terms: <i>damage</i> is something wrong or missing; a <i>leftover</i> is something that nobody
 * refers to any more and that maintenance should have removed; what is <i>under way</i> will be
 * neither once it is finished. Nothing here writes. Traps: reads are no snapshot, so an account
 * whose head moves meanwhile is looked at again; blobs that records of an import refer to may
 * legitimately be missing. Memory is bounded by some eight bytes for each tree node, pack or blob
 * of one account.
 */
@NullMarked
package dev.virga.pds.verify;

import org.jspecify.annotations.NullMarked;

/**
 * Deterministic simulation: processes of the PDS on shared stores in memory, which crash, fail and
 * overtake each other as a seed says; and every operation with a crash at every call.
 */
@NullMarked
package dev.virga.pds.sim;

import org.jspecify.annotations.NullMarked;

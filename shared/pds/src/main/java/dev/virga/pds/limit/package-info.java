/**
 * Limits on how often somebody may do something: {@link dev.virga.pds.limit.Counters} counts points
 * per {@link dev.virga.pds.limit.Limit}, subject (an address, an account) and fixed window.
 *
 * <p>The Index holds each count under {@code limit#<name>#<subject>} / {@code <start of the
 * window>}, with the window's end as its expiry, so that all processes of a server share it. What
 * that costs depends on the limit:
 *
 * <ul>
 *   <li><b>exact</b> limits guard secrets (sign-in, password reset) or scarce things (accounts,
 *       mails). Each use is in the Index before it is granted: one conditional write, and a read
 *       with another write for each other process that got in between. A refusal costs nothing.
 *   <li><b>rough</b> limits guard capacity, on paths that must stay cheap (any request, any
 *       commit). Uses are counted in memory and shared in steps of a twentieth of the limit, or
 *       after ten seconds if a hundredth has come together; so ninety-nine of a hundred requests
 *       cost no call at all, the hundredth costs one, in the background, and whoever makes less
 *       than a hundredth of what is allowed never costs one. In return each process beyond the
 *       first may let a twentieth of the limit more through, and a process that ends forgets as
 *       much.
 * </ul>
 *
 * <p>When the store does not answer, requests are let through on the count of this process alone,
 * which goes on counting: an attacker gains a fresh start per process, and nobody is locked out.
 *
 * <p>Traps: windows are aligned to the epoch, so at their border twice the limit can pass. Memory
 * is bounded by forgetting whoever was not seen for longest, {@value
 * dev.virga.pds.limit.Counters#MAX_SUBJECTS} per limit. Subjects are stored as given: hash what is
 * secret, and bound what is long.
 */
@NullMarked
package dev.virga.pds.limit;

import org.jspecify.annotations.NullMarked;

/**
 * What an account keeps for itself: the preferences of {@code app.bsky.actor}, which live here and
 * not in the repository because they are nobody else's business.
 */
@NullMarked
package dev.virga.pds.actor;

import org.jspecify.annotations.NullMarked;

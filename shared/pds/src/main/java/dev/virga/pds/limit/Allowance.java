package dev.virga.pds.limit;

import java.time.Instant;

/**
 * What became of a wish to use points of a limit.
 *
 * @param granted whether they were there, and are used up now
 * @param remaining points that are left
 * @param reset when all points are back
 */
public record Allowance(Limit limit, boolean granted, long remaining, Instant reset) {}

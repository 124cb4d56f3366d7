package dev.virga.pds.store;

import java.util.Optional;

/**
 * One committed change of the {@link Index}.
 *
 * @param before the item before, empty if there was none
 * @param after the item after, empty if it was deleted or expired
 */
public record Change(Key key, Optional<Item> before, Optional<Item> after) {}

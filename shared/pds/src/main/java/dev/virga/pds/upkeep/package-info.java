/**
 * What keeps a server whole beside serving: rounds over all accounts, a few at a time.
 *
 * <p>Whatever is done here can be cut short at any call and done again.
 */
@NullMarked
package dev.virga.pds.upkeep;

import org.jspecify.annotations.NullMarked;

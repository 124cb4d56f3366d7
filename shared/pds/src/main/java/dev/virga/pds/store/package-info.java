/** The two ports that everything the PDS remembers goes through: the Index and the Objects. */
@NullMarked
package dev.virga.pds.store;

import org.jspecify.annotations.NullMarked;

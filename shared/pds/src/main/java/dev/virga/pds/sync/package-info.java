/** The event stream: from the outbox of every repository to the frames that subscribers receive. */
@NullMarked
package dev.virga.pds.sync;

import org.jspecify.annotations.NullMarked;

/**
 * A PLC directory for a laptop: real DIDs, offline. Speaks the HTTP interface of the public
 * directory and judges every operation by the same rules, but keeps no rate (who develops changes
 * handles all day) and has no export.
 *
 * <p>Nobody else can resolve the DIDs it registers.
 */
@NullMarked
package dev.virga.host.plc;

import org.jspecify.annotations.NullMarked;

/**
 * The load generator: drives a real host, in a process of its own, over loopback, and asks the
 * system how much processor time that process took. One connection for each worker, no pipelining;
 * nothing of the host's own code is called.
 */
@NullMarked
package dev.virga.bench.load;

import org.jspecify.annotations.NullMarked;

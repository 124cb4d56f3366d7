/**
 * Microbenchmarks of the protocol library, by JMH: what one operation costs without any server
 * around it. A repository of the size that a benchmark names is made once and never changed, so
 * that every measured call does the same work.
 */
@NullMarked
package dev.virga.bench.library;

import org.jspecify.annotations.NullMarked;

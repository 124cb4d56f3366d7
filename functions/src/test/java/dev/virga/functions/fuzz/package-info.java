/**
 * Fuzzing of everything that reads what strangers send, by {@link
 * dev.virga.functions.fuzz.FuzzTarget}.
 *
 * <p>Every build replays the corpus and seeded mutations of it ({@link
 * dev.virga.functions.fuzz.FuzzCorpusTest}); the Maven profile {@code fuzz} lets Jazzer search
 * ({@link dev.virga.functions.fuzz.JazzerSearch}). What a search finds goes into the corpus. All
 * targets are here, and use public types only, because this module sees every reader.
 */
@NullMarked
package dev.virga.functions.fuzz;

import org.jspecify.annotations.NullMarked;

/** The {@code virga} command: each subcommand a class that says what it takes and then does it. */
@NullMarked
package dev.virga.cli;

import org.jspecify.annotations.NullMarked;

/** Checks what is deployed, {@code template.yaml} and its nested templates, against the code. */
@NullMarked
package dev.virga.functions.deployment;

import org.jspecify.annotations.NullMarked;

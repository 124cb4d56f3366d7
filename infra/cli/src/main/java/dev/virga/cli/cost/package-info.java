/**
 * What a deployment costs: counted calls times list prices.
 *
 * <p>Terms: a <i>fact</i> is what one operation was counted to call, in {@code calls.tsv}, which a
 * test of the functions writes and keeps true; <i>assumptions</i> are what cannot be counted here:
 * how long functions run, and what people do. Nothing here calls anything.
 */
@NullMarked
package dev.virga.cli.cost;

import org.jspecify.annotations.NullMarked;

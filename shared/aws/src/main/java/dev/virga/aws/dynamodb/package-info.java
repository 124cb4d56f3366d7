/**
 * The {@link dev.virga.pds.store.Index} on one DynamoDB table, and its changes from the table's
 * stream.
 *
 * <p>A row has the key {@code pk} and {@code sk}, {@code expires} (TTL, seconds since the epoch) if
 * it expires, and the item's attributes under their own names as S, N, BOOL or B; an attribute that
 * is itself called pk, sk or expires is stored with a {@code $} before its name. Traps: an update
 * is checked against DynamoDB's limit of 400 KiB, which is a little above {@link
 * dev.virga.pds.store.Item#MAX_BYTES}; a row between the two cannot be read again. Streams forget
 * after 24 hours.
 */
@NullMarked
package dev.virga.aws.dynamodb;

import org.jspecify.annotations.NullMarked;

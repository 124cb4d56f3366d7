/**
 * What a host keeps everything in: its own directory, or DynamoDB and S3.
 *
 * <p>Trap: a DynamoDB stream is to be read by two processes at most; with more hosts than that on
 * one table, let the others run in firehose mode, which reads the log only.
 */
@NullMarked
package dev.virga.host.backend;

import org.jspecify.annotations.NullMarked;

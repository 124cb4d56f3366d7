/**
 * The entry points of Lambda: one class per function of {@code template.yaml}, each named as its
 * logical id there, and what composes them.
 *
 * <p>Terms: a <em>group</em> is a function that answers requests ({@link
 * dev.virga.functions.lambda.Group}); the <em>edge</em> is the CloudFront distribution in front of
 * the HTTP API. Traps: under SnapStart, what a constructor makes is copied into every instance, so
 * all that must be unique or fresh is made again after a restore ({@link
 * dev.virga.functions.lambda.Cloud}); nothing runs after an answer was given, so background work is
 * waited for ({@link dev.virga.functions.lambda.Background}).
 *
 * <p>Environment, beside {@code PDS_*}: {@code VIRGA_TABLE}, {@code VIRGA_BUCKET}, {@code
 * VIRGA_SECRETS} (path of the parameters with the secrets), {@code VIRGA_EDGE_TOKEN} (what the edge
 * sends in {@code x-virga-edge}), {@code VIRGA_FIREHOSE_URL}, {@code VIRGA_WEBSOCKET_URL}. This
 * package alone may use {@code dev.virga.aws}.
 */
@NullMarked
package dev.virga.functions.lambda;

import org.jspecify.annotations.NullMarked;

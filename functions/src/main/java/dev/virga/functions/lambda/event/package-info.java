/**
 * What AWS hands to a function and wants back from it, as small records read and written token by
 * token: API Gateway's HTTP API payload 2.0, batches of DynamoDB Streams, requests of
 * CloudFormation's custom resources.
 *
 * <p>Events come from AWS itself, not from strangers, but an event of another shape (a wrong
 * trigger, a wrong payload version) is named as such.
 */
@NullMarked
package dev.virga.functions.lambda.event;

import org.jspecify.annotations.NullMarked;

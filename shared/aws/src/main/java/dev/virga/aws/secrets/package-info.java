/**
 * Secrets as SecureString parameters of SSM, which cost nothing.
 *
 * <p>Two calls are needed of a service with 150; its client is a jar of 6 MB, as much as those of
 * DynamoDB and S3 together. So they are made by hand with the SDK's own connections, credentials
 * and signatures; {@code SsmParametersTest} holds them against the client. Trap: SSM quotes what it
 * refuses, so that a refusal's words are not passed on if they show the value.
 */
@NullMarked
package dev.virga.aws.secrets;

import org.jspecify.annotations.NullMarked;

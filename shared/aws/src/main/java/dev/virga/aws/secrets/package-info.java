/**
 * Secrets as SecureString parameters of SSM, which cost nothing.
 *
 * <p>Two calls are needed of a service with 150; its client is a jar of 6 MB, as much as those of
 * DynamoDB and S3 together. So they are made by hand with the SDK's own connections, credentials
 * and signatures; a test holds them against the client.
 */
@NullMarked
package dev.virga.aws.secrets;

import org.jspecify.annotations.NullMarked;

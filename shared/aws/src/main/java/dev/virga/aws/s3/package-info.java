/**
 * {@link dev.virga.pds.store.Objects} in one S3 bucket, or in one of a store that speaks like S3.
 *
 * <p>Traps: whoever reads needs {@code s3:ListBucket} too, or S3 answers 403 instead of 404 for
 * what is not there; an upload whose process died stays until the bucket's lifecycle rule aborts
 * it; a presigned URL dies with the credentials that signed it.
 */
@NullMarked
package dev.virga.aws.s3;

import org.jspecify.annotations.NullMarked;

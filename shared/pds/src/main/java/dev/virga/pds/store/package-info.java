/**
 * The two ports that everything the PDS remembers goes through: the Index and the Objects.
 *
 * <p>Limits are DynamoDB's and S3's, and the types keep them ({@link dev.virga.pds.store.Key},
 * {@link dev.virga.pds.store.Item}, {@link dev.virga.pds.store.Write#requireTransaction}), so that
 * what works on a laptop works in the cloud. Traps: an item past its expiry may still be read and
 * still counts for conditions; two reads are not a snapshot; a change may be delivered more than
 * once. {@code IndexContract}, {@code ChangesContract} and {@code ObjectsContract} in the test jar
 * say all of this in executable form.
 */
@NullMarked
package dev.virga.pds.store;

import org.jspecify.annotations.NullMarked;

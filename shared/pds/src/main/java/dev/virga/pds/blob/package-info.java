/**
 * Blobs: uploads, references from records, and what becomes of those that nothing refers to.
 *
 * <p>A blob is an item that names the object with its bytes. Each upload has an object of its own
 * name, so that deleting one can never take away what a later upload of the same bytes stored.
 */
@NullMarked
package dev.virga.pds.blob;

import org.jspecify.annotations.NullMarked;

/**
 * Moderation: what is decided about accounts, records and blobs, and reports to those who decide.
 *
 * <p>Terms: a <i>subject</i> is what a decision is about; a <i>takedown</i> hides it until it is
 * reversed and carries the moderator's reference; <i>deactivated</i> is an account that its owner,
 * or the operator in their stead, has switched off.
 */
@NullMarked
package dev.virga.pds.moderation;

import org.jspecify.annotations.NullMarked;

/**
 * Who is who in the network: DIDs to documents, handles to DIDs, and the PLC directory.
 *
 * <p>Whatever is fetched on somebody's word goes through {@link
 * dev.virga.pds.identity.VettedFetcher} and through nothing else. A DID document only claims a
 * handle, and a handle only claims a DID: believe the pair when both say the same.
 */
@NullMarked
package dev.virga.pds.identity;

import org.jspecify.annotations.NullMarked;

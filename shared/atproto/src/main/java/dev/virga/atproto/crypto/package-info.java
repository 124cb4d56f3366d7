/**
 * The two elliptic curves of the AT Protocol, keys as did:key and multibase, hashes.
 *
 * <p>A signature is always 64 bytes, r then s, over the SHA-256 of the message. {@link
 * dev.virga.atproto.crypto.PrivateKey#sign} is deterministic and low-S; {@link
 * dev.virga.atproto.crypto.PublicKey#verify} refuses high-S, so a signature cannot be altered into
 * another valid one. JWTs alone may be checked by {@code verifyMalleable}.
 *
 * <p>Source: atproto.com/specs/cryptography. Knows nothing of DIDs other than did:key.
 */
@NullMarked
package dev.virga.atproto.crypto;

import org.jspecify.annotations.NullMarked;

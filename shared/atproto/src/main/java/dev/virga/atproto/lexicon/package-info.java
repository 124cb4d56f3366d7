/**
 * Lexicons: the schemas of records, XRPC methods and event streams, and checking values by them.
 *
 * <p>A <em>document</em> holds the definitions under one NSID. It is read once into immutable
 * <em>schemas</em>; references between documents stay names and are followed when a value is
 * checked, so a document loads only when something needs it. A {@link
 * dev.virga.atproto.lexicon.Lexicons} holds the loaded ones; keep one per process.
 *
 * <p>Traps: properties that a schema does not name are allowed; so are values of types that an open
 * union does not name. Legacy blobs ({@code cid} and {@code mimeType} only) are refused unless
 * asked for. Messages name the offending value by its path ({@code Record/embed/images/0/alt must
 * be a string}) and are fit to show. Depends on {@code data} and {@code syntax} only. Source:
 * atproto.com/specs/lexicon.
 */
@NullMarked
package dev.virga.atproto.lexicon;

import org.jspecify.annotations.NullMarked;

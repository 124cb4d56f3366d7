/**
 * Who an account is: DID documents, and the signed operations from which did:plc makes them.
 *
 * <p>Terms. An <i>operation</i> replaces the whole state ({@link
 * dev.virga.atproto.identity.PlcData}) of a DID, names its predecessor by CID and is signed by one
 * of the predecessor's <i>rotation keys</i>, which are ordered by authority. The first one is the
 * <i>genesis</i>; its hash is the DID. For 72 hours a key of higher authority may <i>nullify</i> an
 * operation (and all after it) by giving its predecessor another successor.
 *
 * <p>Traps. Keys in operations are kept as text, since a DID's CID depends on every letter and
 * verification methods may be of curves that we do not know. Services have an {@code id} without
 * DID in documents that the PLC directory serves, verification methods have one with it; readers
 * take both. Pure: nothing here fetches, and the clock is an argument.
 *
 * <p>Source: web.plc.directory/spec/v0.1/did-plc; atproto.com/specs/did.
 */
@NullMarked
package dev.virga.atproto.identity;

import org.jspecify.annotations.NullMarked;

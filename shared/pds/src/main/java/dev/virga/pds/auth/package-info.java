/**
 * Who is asking: credentials, session tokens, service tokens and passwords. Handlers see only
 * {@link dev.virga.pds.auth.Credentials}.
 *
 * <p>Terms: an <i>access token</i> is believed by its signature alone, without a look into the
 * store; a <i>refresh token</i> is good only while its item {@code refresh#<id>} is there, so
 * removing the items ends the sessions. Traps: a token's {@code typ} and {@code scope} are as much
 * part of its meaning as its signature; a session may only be opened in a transaction that also
 * checks the account's {@code epoch}, or a password change could be outrun by a sign-in.
 */
@NullMarked
package dev.virga.pds.auth;

import org.jspecify.annotations.NullMarked;

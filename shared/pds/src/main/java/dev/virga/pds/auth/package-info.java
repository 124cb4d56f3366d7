/** Who is asking: credentials, tokens and passwords. Handlers see only {@link Credentials}. */
@NullMarked
package dev.virga.pds.auth;

import org.jspecify.annotations.NullMarked;

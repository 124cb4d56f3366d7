/**
 * The methods of {@code com.atproto.admin}, for the operator and the moderation service.
 *
 * <p>An account that is not there is 400 NotFound here, other than where its owner asks.
 */
@NullMarked
package dev.virga.functions.admin;

import org.jspecify.annotations.NullMarked;

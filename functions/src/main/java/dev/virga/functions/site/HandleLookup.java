package dev.virga.functions.site;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.util.Optional;

/** Which account of this server goes by a handle, for {@link WellKnown}. */
@FunctionalInterface
public interface HandleLookup {
  /** Empty if no account that is to be shown has it. */
  Optional<Did> find(Handle handle);
}

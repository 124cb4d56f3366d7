package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One entry of a {@link PermissionSet}. Source: atproto.com/specs/permission. */
public sealed interface Permission {
  /** What may be done to a record. */
  enum Action {
    CREATE,
    UPDATE,
    DELETE
  }

  /** Writing records of some collections; {@code *} for all. */
  record Repo(List<String> collections, Set<Action> actions) implements Permission {}

  /**
   * Calling methods of other services; {@code *} for all.
   *
   * @param inheritAudience whether the audience is the one asked for together with the set
   */
  record Rpc(List<String> methods, @Nullable String fixedAudience, boolean inheritAudience)
      implements Permission {
    /** The DID and fragment of the service, or {@code *} for any. */
    public Optional<String> audience() {
      return Optional.ofNullable(fixedAudience);
    }
  }

  /** A resource that sets do not define; readers leave it out of what they grant. */
  record Other(String resource, Value.Obj fields) implements Permission {}
}

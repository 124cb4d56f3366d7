package dev.virga.atproto.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import org.jspecify.annotations.Nullable;

/**
 * {@code #identity}: an account's handle, keys or host may have changed.
 *
 * @param handle the handle now; null if it is not said, and then absent
 */
public record IdentityEvent(Did did, @Nullable Handle handle) implements EventBody {
  static final String TYPE = "#identity";

  @Override
  public String type() {
    return TYPE;
  }

  void write(EventWriter out) {
    out.begin(handle == null ? 1 : 2);
    out.text("did", did.text());
    out.seq();
    out.time();
    out.optionalText("handle", handle == null ? null : handle.text());
  }

  static IdentityEvent from(Fields fields) {
    return new IdentityEvent(
        Did.parse(fields.text("did")),
        fields.optionalText("handle").map(Handle::parse).orElse(null));
  }
}

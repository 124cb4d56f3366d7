package dev.virga.atproto.sync;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * {@code #account}: whether this server serves an account.
 *
 * @param status why not: {@code takendown}, {@code suspended}, {@code deleted} or {@code
 *     deactivated}; null, and absent, if it is served
 */
public record AccountEvent(Did did, boolean active, @Nullable String status) implements EventBody {
  static final String TYPE = "#account";

  /** The event of an account that is served. */
  public static AccountEvent active(Did did) {
    return new AccountEvent(did, true, null);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Value.Obj fields() {
    Value.Builder fields = Value.Obj.builder().put("did", did.text()).put("active", active);
    return status == null ? fields.build() : fields.put("status", status).build();
  }

  static AccountEvent from(Fields fields) {
    return new AccountEvent(
        Did.parse(fields.text("did")),
        fields.flag("active"),
        fields.optionalText("status").orElse(null));
  }
}

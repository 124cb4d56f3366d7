package dev.virga.atproto.sync;

import dev.virga.atproto.syntax.Did;
import org.jspecify.annotations.Nullable;

/**
 * {@code #account}: whether this server serves an account.
 *
 * @param status why not: {@code takendown}, {@code suspended}, {@code deleted} or {@code
 *     deactivated}; null, and absent, if it is served
 */
public record AccountEvent(Did did, boolean active, @Nullable String status) implements EventBody {
  public static final String TAKENDOWN = "takendown";
  public static final String SUSPENDED = "suspended";
  public static final String DELETED = "deleted";
  public static final String DEACTIVATED = "deactivated";

  static final String TYPE = "#account";

  /** The event of an account that is served. */
  public static AccountEvent active(Did did) {
    return new AccountEvent(did, true, null);
  }

  /**
   * The event of an account that is not served.
   *
   * @param status one of the constants here
   */
  public static AccountEvent inactive(Did did, String status) {
    return new AccountEvent(did, false, status);
  }

  @Override
  public String type() {
    return TYPE;
  }

  void write(EventWriter out) {
    out.begin(status == null ? 2 : 3);
    out.text("did", did.text());
    out.seq();
    out.time();
    out.bool("active", active);
    out.optionalText("status", status);
  }

  static AccountEvent from(Fields fields) {
    return new AccountEvent(
        Did.parse(fields.text("did")),
        fields.flag("active"),
        fields.optionalText("status").orElse(null));
  }
}

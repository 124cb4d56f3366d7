package dev.virga.atproto.lexicon;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query, procedure or subscription as its document defines it.
 *
 * @param input of a procedure, null if it takes none
 * @param output of a query or procedure, null if it answers none
 * @param message what a subscription sends, null if not said
 * @param errors the names of the errors it declares
 */
record MethodDefinition(
    MethodSchema.Kind kind,
    ParamsSchema params,
    @Nullable Body input,
    @Nullable Body output,
    @Nullable Schema message,
    List<String> errors)
    implements Definition {

  /**
   * What a request or an answer carries.
   *
   * @param encoding a MIME type, {@code *}{@code /*} for any
   * @param schema null when it is not JSON, or any JSON
   */
  record Body(String encoding, @Nullable Schema schema) {}
}

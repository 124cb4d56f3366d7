package dev.virga.pds.identity;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An answer of another server.
 *
 * @param headers by name in lower case; of several with one name, the first
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Whether the status is 2xx. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}

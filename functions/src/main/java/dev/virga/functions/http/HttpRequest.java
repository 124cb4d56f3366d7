package dev.virga.functions.http;

import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as an adapter hands it over.
 *
 * @param method in upper case
 * @param path decoded, beginning with a slash
 * @param rawQuery as sent, without the question mark; empty if there is none
 * @param headers by name in lower case
 * @param body the body, of unknown length; empty where there is none; already without transfer
 *     encoding but not without content encoding
 * @param remoteAddress the caller's IP address, after the trusted proxies
 */
public record HttpRequest(
    String method,
    String path,
    String rawQuery,
    Map<String, List<String>> headers,
    InputStream body,
    String remoteAddress) {

  /** The first header of a name, whatever its case. */
  public Optional<String> header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** The hostname asked for, in lower case and without a port; empty if not said. */
  public String host() {
    String host = header("host").orElse("").toLowerCase(Locale.ROOT);
    int port = host.lastIndexOf(':');
    return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
  }
}

package dev.virga.functions.xrpc;

import dev.virga.pds.XrpcException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Splits a raw query into its parameters; a first step of {@link XrpcDispatcher}. */
public final class QueryString {
  private QueryString() {}

  /**
   * Names with their values in the order given.
   *
   * @throws XrpcException 400 for broken percent encoding
   */
  public static Map<String, List<String>> parse(String raw) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, first -> new ArrayList<>(1)).add(value);
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw XrpcException.invalidRequest("Malformed percent encoding in the query");
    }
  }
}

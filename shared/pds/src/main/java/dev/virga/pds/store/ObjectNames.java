package dev.virga.pds.store;

import java.util.Map;
import java.util.regex.Pattern;

/** The rules for names and metadata of {@link Objects}, which every backend keeps. */
final class ObjectNames {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9\\-._~:%@+=,/]*+");
  private static final Pattern METADATA_NAME = Pattern.compile("[a-z0-9-]{1,64}+");
  private static final Pattern METADATA_VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");
  private static final int MAX_METADATA_BYTES = 2_000;

  private ObjectNames() {}

  static String requireName(String name) {
    requirePrefix(name);
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException("object name has the segment '" + segment + "'");
      }
    }
    return name;
  }

  static String requirePrefix(String prefix) {
    if (prefix.length() > Objects.MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "object name has %d bytes, at most %d are allowed"
              .formatted(prefix.length(), Objects.MAX_NAME_BYTES));
    }
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "object name has a character other than letters, digits and -._~:%@+=,/");
    }
    return prefix;
  }

  static void requireMetadata(Map<String, String> entries) {
    int bytes = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      bytes += entry.getKey().length() + entry.getValue().length();
      if (bytes > MAX_METADATA_BYTES) {
        throw new IllegalArgumentException(
            "metadata has more than " + MAX_METADATA_BYTES + " bytes");
      }
      if (!METADATA_NAME.matcher(entry.getKey()).matches()) {
        throw new IllegalArgumentException("metadata name is not lower-case: " + entry.getKey());
      }
      if (!METADATA_VALUE.matcher(entry.getValue()).matches()) {
        throw new IllegalArgumentException(
            "metadata value is not printable ASCII: " + entry.getKey());
      }
    }
  }
}

package dev.virga.pds.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the {@code NAME=value} lines of a file such as {@code pds.env}, for {@link PdsConfig}.
 *
 * <p>Empty lines and lines that begin with {@code #} are skipped, {@code export} in front of a name
 * is allowed, and quotes around the whole of a value are taken off; nothing else is special.
 */
public final class EnvFile {
  private static final Pattern LINE =
      Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");

  private EnvFile() {}

  /**
   * The variables of a file, in its order.
   *
   * @throws ConfigException naming the first line that is not understood
   */
  public static Map<String, String> parse(String content) {
    Map<String, String> variables = new LinkedHashMap<>();
    int number = 0;
    for (String line : content.lines().toList()) {
      number++;
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      Matcher match = LINE.matcher(stripped);
      if (!match.matches()) {
        throw new ConfigException("line " + number, "is not of the form NAME=value");
      }
      variables.put(match.group(1), unquoted(match.group(2)));
    }
    return variables;
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.startsWith("\"") || value.startsWith("'"))
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}

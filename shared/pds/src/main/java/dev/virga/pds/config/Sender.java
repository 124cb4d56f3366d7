package dev.virga.pds.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom mails come from: {@code pds@example.com} or {@code My PDS <pds@example.com>}.
 *
 * @param name shown beside the address, in any script
 */
public record Sender(Optional<String> name, String address) {
  private static final Pattern NAMED = Pattern.compile("(?<name>[^<>]*)<(?<address>[^<>]*)>");
  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s@<>,;:\"()\\[\\]\\\\]+@[A-Za-z0-9.-]+");
  private static final int MAX_LENGTH = 254;

  public Sender {
    if (address.length() > MAX_LENGTH || !ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException("not an e-mail address");
    }
    if (name.orElse("").codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("control characters in a name");
    }
  }

  /**
   * Reads an address with or without a name, which may be in quotes.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Sender parse(String text) {
    Matcher named = NAMED.matcher(text.strip());
    if (!named.matches()) {
      return new Sender(Optional.empty(), text.strip());
    }
    String name = named.group("name").strip();
    if (name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    return new Sender(Optional.of(name).filter(n -> !n.isEmpty()), named.group("address"));
  }
}

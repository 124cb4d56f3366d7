package dev.virga.pds.config;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of environment variables, for {@link PdsConfig}; each refusal names its variable.
 */
final class Environment {
  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  boolean has(String name) {
    return raw(name) != null;
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(raw(name));
  }

  String text(String name, String otherwise) {
    return text(name).orElse(otherwise);
  }

  boolean flag(String name, boolean otherwise) {
    String value = raw(name);
    if (value == null) {
      return otherwise;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new ConfigException(name, "is '" + value + "', not true or false");
    };
  }

  Optional<Long> number(String name, long least, long most) {
    return parsed(
        name,
        "is not a whole number from " + least + " to " + most,
        value -> {
          long number = Long.parseLong(value);
          if (number < least || number > most) {
            throw new IllegalArgumentException();
          }
          return number;
        });
  }

  long number(String name, long least, long most, long otherwise) {
    return number(name, least, most).orElse(otherwise);
  }

  /** A time span, given in milliseconds as the reference does. */
  Optional<Duration> millis(String name) {
    return number(name, 0, Duration.ofDays(36_500).toMillis()).map(Duration::ofMillis);
  }

  Duration millis(String name, Duration otherwise) {
    return millis(name).orElse(otherwise);
  }

  /** An absolute http or https URL. */
  Optional<URI> url(String name) {
    return parsed(name, "is not an http or https URL", value -> url(value, "http", "https"));
  }

  /** A mail server's URL, of which a refusal repeats nothing: it may hold a password. */
  Optional<SmtpServer> smtp(String name) {
    String value = raw(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(SmtpServer.parse(value));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name, "is no URL of a mail server: " + e.getMessage());
    }
  }

  Optional<Did> did(String name) {
    return parsed(name, "is not a DID", Did::parse);
  }

  /** Text between commas, without blanks around it. */
  List<String> list(String name) {
    return text(name).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  List<URI> urls(String name) {
    return list(name).stream()
        .map(
            item ->
                attempt(name, item, "is not an http or https URL", v -> url(v, "http", "https")))
        .toList();
  }

  /** IP addresses between commas; no names, which would have to be looked up. */
  List<InetAddress> addresses(String name) {
    return list(name).stream()
        .map(item -> attempt(name, item, "is not an IP address", InetAddress::ofLiteral))
        .toList();
  }

  /** Exactly so many bytes in hexadecimal. */
  Optional<byte[]> hex(String name, int length) {
    String value = raw(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      byte[] bytes = HexFormat.of().parseHex(value);
      if (bytes.length == length) {
        return Optional.of(bytes);
      }
    } catch (IllegalArgumentException e) {
      throw notHex(name, length); // and not the value: it is a secret
    }
    throw notHex(name, length);
  }

  /** A value of any type by its parser, whose IllegalArgumentException means a refusal. */
  <T> Optional<T> parsed(String name, String complaint, Function<String, T> parser) {
    return text(name).map(value -> attempt(name, value, complaint, parser));
  }

  private static <T> T attempt(
      String name, String value, String complaint, Function<String, T> parser) {
    try {
      return parser.apply(value);
    } catch (SyntaxException e) {
      throw new ConfigException(
          name, "is '" + value + "', which " + complaint + ": " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name, "is '" + value + "', which " + complaint);
    }
  }

  private static ConfigException notHex(String name, int length) {
    return new ConfigException(name, "is not " + 2 * length + " hexadecimal digits");
  }

  private static URI url(String value, String... schemes) {
    try {
      URI uri = new URI(value);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (uri.getHost() == null || !List.of(schemes).contains(scheme)) {
        throw new IllegalArgumentException();
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private @Nullable String raw(String name) {
    String value = variables.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}

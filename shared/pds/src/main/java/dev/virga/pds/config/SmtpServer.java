package dev.virga.pds.config;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A mail server and how to reach it, read from a URL such as {@code
 * smtps://user:pass%20word@mail.example:465/}.
 *
 * <p>What follows the last {@code @} is the host, so that user names which are addresses work as
 * they are. User and password are percent-decoded; a percent sign that begins no code stands for
 * itself. Of the options that the reference knows, {@code requireTLS}, {@code ignoreTLS} and {@code
 * tls.rejectUnauthorized=false} count, others are passed over.
 *
 * @param verified whether the server's certificate must be good for its name
 */
public record SmtpServer(String host, int port, Tls tls, boolean verified, Optional<Login> login) {
  /** When the connection is encrypted. */
  public enum Tls {
    /** From the first byte. */
    AT_ONCE,
    /** By STARTTLS; a server that does not offer it is not spoken to. */
    REQUIRED,
    /** By STARTTLS if the server offers it. */
    IF_OFFERED,
    /** Never. */
    NEVER
  }

  /** Who we are to the server. */
  public record Login(String user, Secret password) {}

  private static final int SMTPS_PORT = 465;
  private static final int SUBMISSION_PORT = 587;

  /**
   * Reads a URL. Without options, credentials are sent over TLS only, unless the server is this
   * machine.
   *
   * @throws IllegalArgumentException whose message says what is wrong and repeats no part of it
   */
  public static SmtpServer parse(String url) {
    int colon = url.indexOf("://");
    String scheme = url.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
    if (!scheme.equals("smtp") && !scheme.equals("smtps")) {
      throw new IllegalArgumentException("not an smtp or smtps URL");
    }
    if (url.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("has blanks or control characters");
    }
    String rest = url.substring(colon + 3);
    int at = rest.lastIndexOf('@');
    String place = rest.substring(at + 1);
    String authority = place.split("[/?#]", 2)[0];
    String options = place.contains("?") ? place.substring(place.indexOf('?') + 1) : "";
    boolean implicit = scheme.equals("smtps");
    Optional<Login> login = at < 0 ? Optional.empty() : login(rest.substring(0, at));
    String host = host(authority);
    return new SmtpServer(
        host,
        port(authority, implicit ? SMTPS_PORT : SUBMISSION_PORT),
        implicit ? Tls.AT_ONCE : startTls(options, login.isPresent() && !isHere(host)),
        !has(options, "tls.rejectUnauthorized=false"),
        login);
  }

  private static Tls startTls(String options, boolean secret) {
    if (has(options, "ignoreTLS=true")) {
      return Tls.NEVER;
    }
    return secret || has(options, "requireTLS=true") ? Tls.REQUIRED : Tls.IF_OFFERED;
  }

  private static boolean has(String options, String option) {
    return ("&" + options + "&").contains("&" + option + "&");
  }

  private static Optional<Login> login(String userInfo) {
    int colon = userInfo.indexOf(':');
    String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
    String password = colon < 0 ? "" : decode(userInfo.substring(colon + 1));
    if (user.isEmpty() && password.isEmpty()) {
      return Optional.empty();
    }
    if ((user + password).chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("has control characters in its user or password");
    }
    return Optional.of(new Login(user, Secret.of(password)));
  }

  private static String decode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      if (low < 0) {
        out.write(bytes[i]);
      } else {
        out.write(high * 16 + low);
        i += 2;
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String host(String authority) {
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    String host = end <= 0 ? authority.split(":", 2)[0] : authority.substring(0, end);
    boolean literal = host.startsWith("[") && host.endsWith("]");
    String bare = literal ? host.substring(1, host.length() - 1) : host;
    if (literal) {
      InetAddress.ofLiteral(bare);
    } else if (!bare.matches("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")) {
      throw new IllegalArgumentException("has no host, or none that can be");
    }
    return bare;
  }

  private static int port(String authority, int otherwise) {
    int colon = authority.indexOf(':', authority.indexOf(']') + 1);
    if (colon < 0) {
      return otherwise;
    }
    String digits = authority.substring(colon + 1);
    int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("has a port that is not 1 to 65535");
    }
    return port;
  }

  private static boolean isHere(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

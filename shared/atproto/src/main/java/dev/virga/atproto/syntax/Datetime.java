package dev.virga.atproto.syntax;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A timestamp as records carry it: the intersection of RFC 3339, ISO 8601 and WHATWG, kept letter
 * for letter since a record's CID depends on it.
 *
 * <p>Four-digit year, upper-case T and Z, seconds and time zone required, {@code -00:00} and dates
 * that do not exist refused. Source: atproto.com/specs/lexicon, "datetime".
 */
public record Datetime(String text) {
  private static final int MAX_LENGTH = 64;
  private static final String DATE_AND_TIME = "0000-00-00T00:00:00";
  private static final String OFFSET = "+00:00";
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  public Datetime {
    read(text);
  }

  /**
   * Reads a timestamp.
   *
   * @throws SyntaxException if the text is not one, or names no moment since the year 0
   */
  public static Datetime parse(String text) {
    return new Datetime(text);
  }

  /** The preferred form of a moment: UTC, milliseconds, Z. */
  public static Datetime of(Instant instant) {
    return new Datetime(MILLIS.format(instant));
  }

  public static boolean isValid(String text) {
    try {
      read(text);
      return true;
    } catch (SyntaxException notADatetime) {
      return false;
    }
  }

  /** The moment, cut to nanoseconds. */
  public Instant instant() {
    return read(text);
  }

  private static Instant read(String text) {
    int length = text.length();
    if (length > MAX_LENGTH || !matches(text, 0, DATE_AND_TIME)) {
      throw notADatetime();
    }
    int zone = DATE_AND_TIME.length();
    long nanos = 0;
    if (zone < length && text.charAt(zone) == '.') {
      int from = ++zone;
      for (long unit = 100_000_000; zone < length && Ascii.isDigit(text.charAt(zone)); zone++) {
        nanos += unit * (text.charAt(zone) - '0');
        unit /= 10;
      }
      if (zone == from) {
        throw notADatetime();
      }
    }
    long seconds = dateAndTime(text) - offset(text, zone);
    if (seconds < LocalDate.of(0, 1, 1).toEpochDay() * 86_400) {
      throw notADatetime();
    }
    return Instant.ofEpochSecond(seconds, nanos);
  }

  private static long dateAndTime(String text) {
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      throw notADatetime();
    }
    try {
      LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
      return date.toEpochDay() * 86_400 + hour * 3_600L + minute * 60L + second;
    } catch (DateTimeException e) {
      throw notADatetime();
    }
  }

  private static int offset(String text, int at) {
    int length = text.length();
    if (at + 1 == length && text.charAt(at) == 'Z') {
      return 0;
    }
    if (at + OFFSET.length() != length || !matches(text, at, OFFSET)) {
      throw notADatetime();
    }
    int hours = number(text, at + 1, at + 3);
    int minutes = number(text, at + 4, at + 6);
    int offset = hours * 3_600 + minutes * 60;
    boolean west = text.charAt(at) == '-';
    if (hours > 23 || minutes > 59 || (west && offset == 0)) {
      throw notADatetime();
    }
    return west ? -offset : offset;
  }

  /** Whether the text has digits where the shape has 0, a sign where it has +, else the same. */
  private static boolean matches(String text, int at, String shape) {
    if (text.length() - at < shape.length()) {
      return false;
    }
    for (int i = 0; i < shape.length(); i++) {
      char c = text.charAt(at + i);
      boolean fits =
          switch (shape.charAt(i)) {
            case '0' -> Ascii.isDigit(c);
            case '+' -> c == '+' || c == '-';
            default -> c == shape.charAt(i);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  private static SyntaxException notADatetime() {
    return new SyntaxException("not a datetime");
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.virga.pds.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** One event of the log as text, a part of {@link LineLogger}. */
record LogLine(
    Instant time, Level level, String logger, String message, @Nullable Throwable thrown) {
  /** Beyond this a message or trace is cut: a log line must not carry a hostile body along. */
  private static final int LONGEST = 16_000;

  /** A JSON object without a line break, neither inside nor at its end. */
  String json() {
    StringBuilder out = new StringBuilder(160 + message.length());
    field(out.append('{'), "time", time.toString());
    field(out.append(','), "level", level.name().toLowerCase(Locale.ROOT));
    field(out.append(','), "logger", logger);
    field(out.append(','), "message", message);
    if (thrown != null) {
      field(out.append(','), "error", trace(thrown));
    }
    return out.append('}').toString();
  }

  /** For people: line breaks of the message are made visible, those of a trace are kept. */
  String plain() {
    StringBuilder out = new StringBuilder(80 + message.length());
    out.append(time).append(' ').append(level).append(' ');
    out.append(logger.substring(logger.lastIndexOf('.') + 1)).append(": ");
    escape(out, message, false);
    if (thrown != null) {
      out.append(System.lineSeparator()).append(trace(thrown).stripTrailing());
    }
    return out.toString();
  }

  private static void field(StringBuilder out, String name, String value) {
    out.append('"').append(name).append("\":\"");
    escape(out, value, true);
    out.append('"');
  }

  private static void escape(StringBuilder out, String text, boolean quotes) {
    int end = Math.min(text.length(), LONGEST);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> (quotes ? out.append('\\') : out).append(c);
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    if (end < text.length()) {
      out.append("… (").append(text.length() - end).append(" more)");
    }
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}

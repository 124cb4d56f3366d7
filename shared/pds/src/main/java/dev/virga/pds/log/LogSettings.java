package dev.virga.pds.log;

import java.util.Locale;
import java.util.Map;
import org.slf4j.event.Level;

/**
 * What of the log is written, and how; a part of {@link LogProvider}.
 *
 * @param threshold as SLF4J's {@link Level#toInt()}; above ERROR for nothing at all
 */
record LogSettings(int threshold, boolean json) {
  private static final int NOTHING = Level.ERROR.toInt() + 1;

  /** Libraries whose everyday chatter is of no interest below a warning. */
  private static final String QUIET = "org.eclipse.jetty";

  /** Understands whatever it can and falls back to the defaults: logging must not stop a start. */
  static LogSettings from(Map<String, String> env) {
    String format = env.getOrDefault("VIRGA_LOG_FORMAT", "");
    boolean lambda = env.containsKey("AWS_LAMBDA_FUNCTION_NAME");
    boolean off = env.getOrDefault("LOG_ENABLED", "true").equalsIgnoreCase("false");
    return new LogSettings(
        off ? NOTHING : level(env.getOrDefault("LOG_LEVEL", "")).toInt(),
        format.equals("json") || (lambda && !format.equals("plain")));
  }

  boolean enabled(String logger, Level level) {
    int least = logger.startsWith(QUIET) ? Math.max(threshold, Level.WARN.toInt()) : threshold;
    return level.toInt() >= least;
  }

  private static Level level(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "trace" -> Level.TRACE;
      case "debug" -> Level.DEBUG;
      case "warn" -> Level.WARN;
      case "error", "fatal" -> Level.ERROR;
      default -> Level.INFO;
    };
  }
}

package dev.virga.pds.log;

import java.io.PrintStream;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that prints a line per event; made by {@link LogProvider}. */
final class LineLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  private final transient LogSettings settings;
  private final transient InstantSource clock;
  private final transient PrintStream out;

  LineLogger(String name, LogSettings settings, InstantSource clock, PrintStream out) {
    this.name = name;
    this.settings = settings;
    this.clock = clock;
    this.out = out;
  }

  @Override
  public boolean isTraceEnabled() {
    return settings.enabled(name, Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return settings.enabled(name, Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return settings.enabled(name, Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return settings.enabled(name, Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return settings.enabled(name, Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      @Nullable String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    String formatted = MessageFormatter.basicArrayFormat(pattern, arguments);
    String message = formatted == null ? "" : formatted;
    LogLine line = new LogLine(clock.instant(), level, name, message, thrown);
    out.println(settings.json() ? line.json() : line.plain());
  }
}

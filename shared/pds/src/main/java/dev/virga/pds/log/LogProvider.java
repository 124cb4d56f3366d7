package dev.virga.pds.log;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** What SLF4J finds on the class path: makes the loggers of every class. */
public final class LogProvider implements SLF4JServiceProvider {
  private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new NOPMDCAdapter();
  private final LogSettings settings;
  private final InstantSource clock;
  private final PrintStream out;

  /** For SLF4J, which needs it public and without arguments. */
  public LogProvider() {
    this(LogSettings.from(System.getenv()), InstantSource.system(), System.err);
  }

  LogProvider(LogSettings settings, InstantSource clock, PrintStream out) {
    this.settings = settings;
    this.clock = clock;
    this.out = out;
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name ->
        loggers.computeIfAbsent(name, unknown -> new LineLogger(unknown, settings, clock, out));
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {
    // everything was made in the constructor
  }
}

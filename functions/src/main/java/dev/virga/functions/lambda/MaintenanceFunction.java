package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.Services;
import dev.virga.pds.sync.CrawlRequests;
import dev.virga.pds.upkeep.Stragglers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes and forgets, now and then: to be called by a schedule, whatever the event.
 *
 * <p>Rounds over all accounts go on where the call before had to stop, so no call needs to get
 * through.
 */
public final class MaintenanceFunction extends CloudFunction<MaintenanceFunction.Tasks>
    implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceFunction.class);

  /** Kept back for the step under way, in milliseconds. */
  private static final int MARGIN = 60_000;

  /** Looking at an account for stragglers is one read; tidying it up may be megabytes. */
  private static final int ACCOUNTS_LOOKED_AT = 100;

  private static final int ACCOUNTS_TIDIED = 2;

  private static final String VERSION = "AWS_LAMBDA_FUNCTION_VERSION";

  /** What there is to do. */
  record Tasks(Services services, CrawlRequests crawls, Stragglers stragglers, String version) {}

  /** For Lambda. */
  public MaintenanceFunction() {
    this(System.getenv());
  }

  MaintenanceFunction(Map<String, String> environment) {
    this(environment, InstantSource.system());
  }

  MaintenanceFunction(Map<String, String> environment, InstantSource clock) {
    super(environment, clock);
    begin();
  }

  @Override
  Tasks compose(Cloud cloud, Map<String, String> variables) {
    Services services = cloud.services();
    CrawlRequests crawls = services.crawlRequests();
    return new Tasks(
        services,
        crawls,
        services.stragglers(services.changes(services.eventLog(), Heralds.of(cloud))),
        variables.getOrDefault(VERSION, Version.read()));
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    Tasks tasks = current();
    attempt("telling relays of a new version", () -> tasks.crawls().deployed(tasks.version()));
    attempt("finishing what was left half done", tasks.services()::recover);
    BooleanSupplier time = () -> context.getRemainingTimeInMillis() > MARGIN;
    attempt(
        "looking for events without a number",
        () -> repeat(time, () -> tasks.stragglers().goOn(ACCOUNTS_LOOKED_AT)));
    attempt("removing uploads that were never used", tasks.services()::sweepUploads);
    attempt("removing what failed uploads left", tasks.services()::sweepStrays);
    attempt("tidying up", () -> repeat(time, () -> tasks.services().keepHouse(ACCOUNTS_TIDIED)));
    settle();
  }

  /** Once at least, then again while there is more to do and time to do it. */
  private static void repeat(BooleanSupplier time, BooleanSupplier more) {
    boolean goesOn = true;
    while (goesOn) {
      goesOn = more.getAsBoolean() && time.getAsBoolean();
    }
  }

  private static void attempt(String what, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.warn("{} failed, will be tried again", what, e);
    }
  }

  @Override
  void prime() {
    attempt("rehearsing", current().services()::recover);
  }
}

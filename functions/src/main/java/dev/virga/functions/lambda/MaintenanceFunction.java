package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.Services;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finishes and forgets, now and then: to be called by a schedule, whatever the event. */
public final class MaintenanceFunction extends CloudFunction<Services>
    implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceFunction.class);

  /** For Lambda. */
  public MaintenanceFunction() {
    this(System.getenv());
  }

  MaintenanceFunction(Map<String, String> environment) {
    super(environment);
    begin();
  }

  @Override
  Services compose(Cloud cloud, Map<String, String> variables) {
    return cloud.services();
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    Services services = current();
    attempt("finishing what was left half done", services::recover);
    attempt("removing uploads that were never used", services::sweepUploads);
    settle();
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
    attempt("rehearsing", current()::recover);
  }
}

package dev.virga.aws;

import java.util.Map;

/** The servers that the tests of this module share: one of each for the whole run. */
public final class LocalServers {
  private static final class Dynamo {
    static final LocalDynamo STARTED = started(LocalDynamo::start);
  }

  private static final class S3 {
    static final LocalS3 STARTED = started(LocalS3::start);
  }

  private interface Start<T> {
    T start() throws Exception;
  }

  private LocalServers() {}

  public static LocalDynamo dynamo() {
    return Dynamo.STARTED;
  }

  public static LocalS3 s3() {
    return S3.STARTED;
  }

  /** The variables with which a process uses a new table and a new bucket of these servers. */
  public static Map<String, String> environmentOfNewStores() {
    return LocalCloud.environmentOfNewStores(dynamo(), s3());
  }

  private static <T> T started(Start<T> start) {
    try {
      return start.start();
    } catch (Exception failed) {
      throw new IllegalStateException("a local server does not start", failed);
    }
  }
}

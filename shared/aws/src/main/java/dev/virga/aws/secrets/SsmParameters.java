package dev.virga.aws.secrets;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.Connection;
import dev.virga.aws.Retries;
import dev.virga.pds.store.StoreException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * The encrypted parameters of SSM under one path, read and made.
 *
 * <p>Nothing here logs, and no exception holds, a value.
 */
public final class SsmParameters {
  /** Ten parameters a page at most; nobody has that many settings. */
  private static final int MAX_PAGES = 10;

  private final SsmCalls calls;
  private final Retries retries;

  /** Parameters that are reached by a connection. */
  public SsmParameters(Connection connection, Retries retries) {
    this.calls = new SsmCalls(connection);
    this.retries = retries;
  }

  /** The parameters of an environment. */
  public static SsmParameters of(AwsEnvironment environment) {
    return new SsmParameters(environment.connection("SSM"), new Retries(new SecureRandom()));
  }

  /**
   * All parameters directly below a path, decrypted, by the last part of their names.
   *
   * @param path with or without a slash at its end
   * @throws StoreException if they cannot be read, or are more than {@link #MAX_PAGES} pages
   */
  public Map<String, String> read(String path) {
    Map<String, String> values = new LinkedHashMap<>();
    @Nullable String token = null;
    int pages = 0;
    do {
      @Nullable String from = token;
      SsmCalls.Page page =
          retries.call(
              "reading of the parameters under " + path,
              _ -> calls.getParametersByPath(trimmed(path), from));
      page.values().forEach((name, value) -> values.put(lastPart(name), value));
      token = page.next();
      pages++;
      if (token != null && pages == MAX_PAGES) {
        throw new StoreException("there are too many parameters under " + path);
      }
    } while (token != null);
    return values;
  }

  /**
   * Makes an encrypted parameter unless there is one of its name.
   *
   * @return whether it was made; not if the answer to that got lost, for then there is one
   * @throws StoreException if nobody knows
   */
  public boolean putIfAbsent(String path, String name, String value) {
    String whole = trimmed(path) + "/" + name;
    return retries.call(
        "making of the parameter " + whole,
        _ -> {
          try {
            calls.putSecureString(whole, value);
            return true;
          } catch (AwsServiceException refused) {
            AwsErrorDetails details = refused.awsErrorDetails();
            if (details != null && "ParameterAlreadyExists".equals(details.errorCode())) {
              return false;
            }
            throw refused;
          }
        });
  }

  private static String trimmed(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}

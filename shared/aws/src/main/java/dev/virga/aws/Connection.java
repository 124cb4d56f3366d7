package dev.virga.aws;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;

/**
 * How clients reach AWS, or a server that speaks like it: region, credentials, endpoint and one
 * pool of HTTP connections that all clients made from it share. Close it after them.
 */
public final class Connection implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 128;
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration WAIT_FOR_CONNECTION = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(10);
  // Shorter than what servers allow, so that a connection is seldom found closed.
  private static final Duration IDLE = Duration.ofSeconds(20);

  private final Region region;
  private final AwsCredentialsProvider credentials;
  private final @Nullable URI endpoint;
  private final List<ExecutionInterceptor> observers;
  private final SdkHttpClient http;

  /**
   * Opens nothing yet; connections are made when they are needed.
   *
   * @param endpoint null for AWS itself
   * @param observers see every call, for counting and tracing
   */
  public Connection(
      Region region,
      AwsCredentialsProvider credentials,
      @Nullable URI endpoint,
      List<ExecutionInterceptor> observers) {
    this(region, credentials, endpoint, List.copyOf(observers), pool());
  }

  private Connection(
      Region region,
      AwsCredentialsProvider credentials,
      @Nullable URI endpoint,
      List<ExecutionInterceptor> observers,
      SdkHttpClient http) {
    this.region = region;
    this.credentials = credentials;
    this.endpoint = endpoint;
    this.observers = observers;
    this.http = http;
  }

  private static SdkHttpClient pool() {
    return Apache5HttpClient.builder()
        .maxConnections(MAX_CONNECTIONS)
        .connectionTimeout(CONNECT)
        .connectionAcquisitionTimeout(WAIT_FOR_CONNECTION)
        .socketTimeout(SILENCE)
        .connectionMaxIdleTime(IDLE)
        .build();
  }

  /**
   * The same to another endpoint, with the same pool: closing either closes both.
   *
   * @param other null for AWS itself
   */
  Connection at(@Nullable URI other) {
    return new Connection(region, credentials, other, observers, http);
  }

  public Region region() {
    return region;
  }

  public AwsCredentialsProvider credentials() {
    return credentials;
  }

  /** The pool, for what is asked without a client of the SDK. It is closed with this. */
  public SdkHttpClient http() {
    return http;
  }

  /** The endpoint, null for AWS itself. */
  public @Nullable URI endpoint() {
    return endpoint;
  }

  /**
   * Prepares the builder of a client: no retries of its own, and a time limit.
   *
   * @param limit the longest time for a call until its answer begins
   */
  public <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B prepare(
      B builder, Duration limit) {
    builder
        .region(region)
        .credentialsProvider(credentials)
        .httpClient(http)
        .overrideConfiguration(
            options ->
                options
                    .retryStrategy(DefaultRetryStrategy.doNotRetry())
                    .apiCallTimeout(limit)
                    .executionInterceptors(observers));
    return endpoint == null ? builder : builder.endpointOverride(endpoint);
  }

  @Override
  public void close() {
    http.close();
  }
}

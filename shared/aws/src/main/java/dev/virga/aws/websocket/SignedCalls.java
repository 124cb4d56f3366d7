package dev.virga.aws.websocket;

import dev.virga.aws.Connection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;

/** HTTP calls to one service of AWS, signed with version 4; answers count by their status only. */
final class SignedCalls {
  /** Of an answer that nobody reads, for the connection to be kept. */
  private static final int MAX_ANSWER = 64 * 1024;

  private final Connection connection;
  private final String service;
  private final Duration limit;
  private final Executor timeout;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  /**
   * Calls to a service.
   *
   * @param service the name that signatures are for, e.g. {@code execute-api}
   * @param limit the longest time of a call
   */
  SignedCalls(Connection connection, String service, Duration limit) {
    this.connection = connection;
    this.service = service;
    this.limit = limit;
    this.timeout = CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Makes a call; gives the status of its answer.
   *
   * @throws IOException if there is none in time
   */
  int call(SdkHttpMethod method, URI uri, Map<String, String> headers, byte[] body)
      throws IOException {
    SdkHttpRequest.Builder request = SdkHttpRequest.builder().method(method).uri(uri);
    if (body.length > 0) { // of a length that is not sent, the signature would be wrong
      request.putHeader("Content-Length", Integer.toString(body.length));
    }
    headers.forEach(request::putHeader);
    ContentStreamProvider content = () -> new ByteArrayInputStream(body);
    SignedRequest signed =
        signer.sign(
            sign ->
                sign.identity(connection.credentials().resolveCredentials())
                    .request(request.build())
                    .payload(content)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, connection.region().id()));
    return send(
        connection
            .http()
            .prepareRequest(
                HttpExecuteRequest.builder()
                    .request(signed.request())
                    .contentStreamProvider(signed.payload().orElse(content))
                    .build()));
  }

  private int send(ExecutableHttpRequest request) throws IOException {
    AtomicBoolean answered = new AtomicBoolean();
    timeout.execute(
        () -> {
          if (answered.compareAndSet(false, true)) {
            request.abort();
          }
        });
    try {
      HttpExecuteResponse response = request.call();
      if (response.responseBody().isPresent()) {
        try (InputStream in = response.responseBody().get()) {
          in.readNBytes(MAX_ANSWER);
        }
      }
      if (!answered.compareAndSet(false, true)) {
        throw new IOException("no answer in " + limit.toMillis() + " ms");
      }
      return response.httpResponse().statusCode();
    } finally {
      answered.set(true);
    }
  }
}

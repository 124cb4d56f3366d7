package dev.virga.functions.lambda;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Takes answers of custom resources to where CloudFormation waits for them. */
final class ResourceAnswers {
  private static final int ATTEMPTS = 3;

  private final SdkHttpClient http;

  ResourceAnswers(SdkHttpClient http) {
    this.http = http;
  }

  /**
   * Puts an answer; without a content type, for none is part of what was signed.
   *
   * @throws IOException if it did not arrive, so that Lambda calls the function again
   */
  void put(URI url, byte[] answer) throws IOException {
    IOException failure = new IOException("nobody was there");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        int status = attempt(url, answer);
        if (status / 100 == 2) {
          return;
        }
        failure = new IOException("CloudFormation refused the answer with " + status);
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private int attempt(URI url, byte[] answer) throws IOException {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.PUT)
            .uri(url)
            .putHeader("Content-Length", Integer.toString(answer.length))
            .build();
    HttpExecuteResponse response =
        http.prepareRequest(
                HttpExecuteRequest.builder()
                    .request(request)
                    .contentStreamProvider(() -> new ByteArrayInputStream(answer))
                    .build())
            .call();
    response.responseBody().ifPresent(body -> body.abort());
    return response.httpResponse().statusCode();
  }
}

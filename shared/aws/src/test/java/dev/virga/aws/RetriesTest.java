package dev.virga.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.StoreException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

class RetriesTest {
  private final List<Duration> pauses = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final Retries retries =
      new Retries(
          new Random(7),
          pause -> {
            pauses.add(pause);
            nanos.addAndGet(pause.toNanos());
          },
          nanos::get);

  @Test
  void makesACallOnceThatSucceeds() {
    String made = retries.call("a call", doubtful -> "doubtful " + doubtful);

    assertThat(made).isEqualTo("doubtful false");
    assertThat(pauses).isEmpty();
  }

  @Test
  void repeatsWhatWasThrottledWithoutDoubt() {
    List<Boolean> doubts = failTimes(3, answer(400, "ThrottlingException"));

    assertThat(doubts).containsExactly(false, false, false, false);
    assertThat(pauses).hasSize(3);
  }

  @Test
  void isInDoubtAfterALostAnswerForEver() {
    List<Boolean> doubts = new ArrayList<>();
    int made =
        retries.call(
            "a call",
            doubtful -> {
              doubts.add(doubtful);
              switch (doubts.size()) {
                case 1 -> throw answer(400, "ThrottlingException");
                case 2 -> throw Faults.timeout();
                case 3 -> throw answer(400, "ThrottlingException");
                default -> {
                  return doubts.size();
                }
              }
            });

    assertThat(made).isEqualTo(4);
    assertThat(doubts).containsExactly(false, false, true, true);
  }

  @Test
  void givesUpAfterSomeAttempts() {
    assertThatThrownBy(() -> failTimes(100, answer(503, "ServiceUnavailable")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a call failed 8 times")
        .hasMessageContaining("ServiceUnavailable")
        .hasCauseInstanceOf(AwsServiceException.class);
    assertThat(pauses).hasSize(Retries.MAX_ATTEMPTS - 1);
  }

  @Test
  void givesUpAfterSomeTime() {
    assertThatThrownBy(
            () ->
                retries.call(
                    "a call",
                    _ -> {
                      nanos.addAndGet(Duration.ofSeconds(7).toNanos());
                      throw Faults.timeout();
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("failed 3 times");
  }

  @Test
  void pausesAtRandomWithinBoundsThatDouble() {
    for (int i = 0; i < 200; i++) {
      pauses.clear();
      var _ = failTimes(7, answer(400, "ThrottlingException"));
      for (int attempt = 0; attempt < 7; attempt++) {
        long bound = Math.min(1_000, 25L << (attempt + 1));
        assertThat(pauses.get(attempt)).isBetween(Duration.ZERO, Duration.ofMillis(bound));
      }
      nanos.set(0);
    }
  }

  @Test
  void countsAnewAfterProgress() {
    Retries.Series series = retries.begin("a batch");
    for (int i = 0; i < 100; i++) {
      series.progressed();
      series.pause(null);
      nanos.set(0);
    }
    for (int i = 0; i < Retries.MAX_ATTEMPTS - 2; i++) {
      series.pause(null);
    }

    assertThatThrownBy(() -> series.pause(null))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a batch")
        .hasMessageContaining("throttled");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TransactionConflictException",
        "TransactionInProgressException",
        "ConditionalRequestConflict",
        "ProvisionedThroughputExceededException",
        "RequestTimeTooSkewed",
        "SlowDown"
      })
  void takesCollisionsForRefusals(String code) {
    assertThat(Failure.of(answer(409, code))).isEqualTo(Failure.REJECTED);
  }

  @Test
  void tellsFailuresApart() {
    assertThat(Failure.of(answer(400, "ValidationException"))).isEqualTo(Failure.FINAL);
    assertThat(Failure.of(answer(403, "AccessDeniedException"))).isEqualTo(Failure.FINAL);
    assertThat(Failure.of(answer(429, "What"))).isEqualTo(Failure.REJECTED);
    assertThat(Failure.of(answer(500, "InternalServerError"))).isEqualTo(Failure.DOUBTFUL);
    assertThat(Failure.of(answer(400, "RequestTimeout"))).isEqualTo(Failure.DOUBTFUL);
    assertThat(Failure.of(Faults.timeout())).isEqualTo(Failure.DOUBTFUL);
    assertThat(Failure.of(ApiCallTimeoutException.create(1_000))).isEqualTo(Failure.DOUBTFUL);
    assertThat(Failure.of(SdkClientException.create("no", new ConnectException("refused"))))
        .isEqualTo(Failure.REJECTED);
    assertThat(Failure.of(SdkClientException.create("no credentials"))).isEqualTo(Failure.FINAL);
    assertThat(Failure.of(AwsServiceException.builder().statusCode(400).build()))
        .isEqualTo(Failure.FINAL);
  }

  @Test
  void doesNotRepeatWhatIsFinal() {
    assertThatThrownBy(() -> failTimes(1, answer(400, "ValidationException")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a call failed: ")
        .hasMessageContaining("ValidationException");
    assertThat(pauses).isEmpty();
  }

  @Test
  void endsWhenItIsInterrupted() {
    Retries interrupted =
        new Retries(
            new Random(7),
            _ -> {
              throw new InterruptedException();
            },
            nanos::get);

    assertThatThrownBy(
            () ->
                interrupted.call(
                    "a call",
                    _ -> {
                      throw Faults.timeout();
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private List<Boolean> failTimes(int times, SdkException failure) {
    List<Boolean> doubts = new ArrayList<>();
    return retries.call(
        "a call",
        doubtful -> {
          doubts.add(doubtful);
          if (doubts.size() <= times) {
            throw failure;
          }
          return doubts;
        });
  }

  private static SdkException answer(int status, String code) {
    return AwsServiceException.builder()
        .statusCode(status)
        .message(code + " on purpose")
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(code).build())
        .build();
  }
}

package dev.virga.aws;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** What a failed call to AWS means for the next attempt at it; part of {@link Retries}. */
enum Failure {
  /** Nothing happened, and it may go better next time. */
  REJECTED,
  /** It may have happened; the answer was lost or was no answer. */
  DOUBTFUL,
  /** It will not go better. */
  FINAL;

  /** Refusals because of somebody else's work, or of too much work, beside those the SDK knows. */
  private static final Set<String> COLLISIONS =
      Set.of(
          "ConditionalRequestConflict",
          "OperationAborted",
          "ReplicatedWriteConflictException",
          "SlowDown",
          "TransactionCanceledException",
          "TransactionConflictException",
          "TransactionInProgressException");

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  static Failure of(SdkException failure) {
    if (failure instanceof SdkServiceException answer) {
      return ofAnswer(answer);
    }
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return DOUBTFUL;
    }
    return switch (failure.getCause()) {
      case ConnectException _, UnknownHostException _ -> REJECTED;
      case IOException _ -> DOUBTFUL;
      case null, default -> FINAL;
    };
  }

  private static Failure ofAnswer(SdkServiceException answer) {
    if (answer.isThrottlingException()
        || answer.isClockSkewException()
        || answer.statusCode() == TOO_MANY_REQUESTS
        || COLLISIONS.contains(code(answer))) {
      return REJECTED;
    }
    return answer.statusCode() >= SERVER_ERROR || code(answer).equals("RequestTimeout")
        ? DOUBTFUL
        : FINAL;
  }

  private static String code(SdkServiceException answer) {
    AwsErrorDetails details =
        answer instanceof AwsServiceException service ? service.awsErrorDetails() : null;
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }
}

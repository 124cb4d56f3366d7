package dev.virga.functions.lambda.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What Lambda's poller is told of a batch: from which record on it is to be delivered again.
 *
 * <p>Source: Lambda, "Configuring partial batch response with DynamoDB and Lambda".
 *
 * @param failures sequence numbers; the lowest counts; empty if all went well
 */
public record BatchAnswer(List<String> failures) {
  public static final BatchAnswer ALL_WELL = new BatchAnswer(List.of());

  public BatchAnswer {
    failures = List.copyOf(failures);
  }

  /** Everything from one record on. */
  public static BatchAnswer from(String sequenceNumber) {
    return new BatchAnswer(List.of(sequenceNumber));
  }

  /** As JSON; sequence numbers are digits, so nothing needs to be escaped. */
  public byte[] encode() {
    return failures.stream()
        .map("{\"itemIdentifier\":\"%s\"}"::formatted)
        .collect(Collectors.joining(",", "{\"batchItemFailures\":[", "]}"))
        .getBytes(StandardCharsets.UTF_8);
  }
}

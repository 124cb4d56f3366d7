package dev.virga.cli.cost;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What one operation was counted to call, on average.
 *
 * @param calls all calls of DynamoDB and S3
 * @param rounds those of them that wait for one another
 * @param writeUnits of DynamoDB
 * @param readUnits of DynamoDB
 * @param messages to WebSocket subscribers
 * @param bytes of all requests and answers; of what is stored, where the name says so
 */
record Fact(
    String operation,
    double calls,
    double rounds,
    double s3Puts,
    double s3Gets,
    double writeUnits,
    double readUnits,
    double messages,
    double bytes) {

  /** The facts that this command carries, by operation, in their order. */
  static Map<String, Fact> all() {
    Map<String, Fact> facts = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Fact.class.getResourceAsStream("calls.tsv")),
                StandardCharsets.UTF_8))) {
      lines.readLine(); // names of columns
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Fact fact = parse(line);
        facts.put(fact.operation(), fact);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return facts;
  }

  private static Fact parse(String line) {
    String[] columns = line.split("\t", -1);
    double[] figures = new double[columns.length - 1];
    for (int i = 0; i < figures.length; i++) {
      figures[i] = Double.parseDouble(columns[i + 1]);
    }
    return new Fact(
        columns[0],
        figures[0],
        figures[1],
        figures[2],
        figures[3],
        figures[4],
        figures[5],
        figures[6],
        figures[7]);
  }

  /** Whether the stream function does it, not a request. */
  boolean isEvent() {
    return operation.startsWith("event");
  }

  /** Whether it is no operation, but what one leaves behind. */
  boolean isStorage() {
    return operation.startsWith("stored");
  }

  /** How many events one call of the stream function does. */
  int batch() {
    return operation.equals("event in ten") ? 10 : 1;
  }
}

package dev.virga.cli.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** List prices with their date and source, and the assumptions that they are applied with. */
final class Tariff {
  private static final double MILLION = 1e6;
  private static final double GIGABYTE = 1e9;

  private final Properties values = new Properties();

  Tariff() {
    load("prices.properties");
    load("assumptions.properties");
  }

  private void load(String name) {
    try (InputStream in = Objects.requireNonNull(Tariff.class.getResourceAsStream(name));
        Reader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      values.load(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text(String name) {
    return Objects.requireNonNull(values.getProperty(name), name);
  }

  private double number(String name) {
    return Double.parseDouble(text(name));
  }

  /** Dollars for one operation, by what they are paid for. */
  Map<String, Double> dollars(Fact fact) {
    Map<String, Double> parts = new LinkedHashMap<>();
    double invocations = fact.isEvent() ? 1.0 / fact.batch() : 1;
    parts.put("API", fact.isEvent() ? 0 : number("http.request") / MILLION);
    parts.put(
        "Lambda",
        invocations * number("lambda.request") / MILLION
            + seconds(fact) * gigabytes(fact) * number("lambda.gigabyte.second"));
    parts.put(
        "S3", (fact.s3Puts() * number("s3.put") + fact.s3Gets() * number("s3.get")) / MILLION);
    parts.put(
        "DynamoDB",
        (fact.writeUnits() * number("dynamodb.write") + fact.readUnits() * number("dynamodb.read"))
            / MILLION);
    parts.put("messages", fact.messages() * number("websocket.message") / MILLION);
    return parts;
  }

  double total(Fact fact) {
    return dollars(fact).values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private double gigabytes(Fact fact) {
    return number(fact.isEvent() ? "stream.megabytes" : "function.megabytes") / 1024;
  }

  /** How long a function is busy with one operation. */
  double seconds(Fact fact) {
    double s3 = fact.s3Puts() + fact.s3Gets();
    double dynamo = Math.max(0, fact.rounds() - s3);
    double millis =
        number("own")
            + dynamo * number("call.dynamodb")
            + s3 * number("call.s3")
            + fact.messages() * number("call.message");
    return millis / 1_000;
  }

  /** Dollars for keeping so many records for a month. */
  double storage(double records, Map<String, Fact> facts) {
    return records
        / GIGABYTE
        * (stored(facts, "stored in S3") * number("s3.gigabyte.month")
            + stored(facts, "stored in DynamoDB") * number("dynamodb.gigabyte.month"));
  }

  private static double stored(Map<String, Fact> facts, String name) {
    return Objects.requireNonNull(facts.get(name), name).bytes();
  }

  /** How often a user of some kind does what in a month. */
  Map<String, Double> profile(String kind) {
    Map<String, Double> counts = new LinkedHashMap<>();
    for (String part : text(kind).split(";", -1)) {
      int colon = part.lastIndexOf(':');
      counts.put(
          part.substring(0, colon).strip(), Double.valueOf(part.substring(colon + 1).strip()));
    }
    return counts;
  }
}

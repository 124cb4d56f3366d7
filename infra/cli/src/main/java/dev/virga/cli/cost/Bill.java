package dev.virga.cli.cost;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The tables of {@code virga bench cost}. */
final class Bill {
  private static final double MILLION = 1e6;
  private static final int MONTHS = 12;

  private final Map<String, Fact> facts = Fact.all();
  private final Tariff tariff = new Tariff();

  /** Dollars for a million records made, told to one subscriber, and kept for a month. */
  double million(String creation, String event) {
    return MILLION * (tariff.total(fact(creation)) + tariff.total(fact(event)))
        + tariff.storage(MILLION, facts);
  }

  private Fact fact(String operation) {
    return Objects.requireNonNull(facts.get(operation), operation);
  }

  /** Dollars that one user costs in a month, with what a year of records takes to keep. */
  double month(String kind) {
    double dollars = 0;
    double records = 0;
    for (Map.Entry<String, Double> done : tariff.profile(kind).entrySet()) {
      dollars += done.getValue() * tariff.total(fact(done.getKey()));
      records += done.getKey().startsWith("createRecord") ? done.getValue() : 0;
    }
    return dollars + tariff.storage(records * MONTHS, facts);
  }

  void print(PrintWriter out) {
    out.println("Prices of " + tariff.text("date") + ", " + tariff.text("source") + ".");
    out.println("Calls and units were counted; how long functions run is assumed:");
    out.printf(
        Locale.ROOT,
        "%s ms and %s, %s, %s ms for each call of DynamoDB, S3, a subscriber that is waited"
            + " for.%n%n",
        tariff.text("own"),
        tariff.text("call.dynamodb"),
        tariff.text("call.s3"),
        tariff.text("call.message"));
    calls(out);
    dollars(out);
    summary(out);
  }

  private void calls(PrintWriter out) {
    out.println(
        "| for one | calls | in sequence | S3 put | S3 get | write units | read units | KB |");
    out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Fact fact : facts.values()) {
      if (!fact.isStorage()) {
        out.printf(
            Locale.ROOT,
            "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f |%n",
            fact.operation(),
            fact.calls(),
            fact.rounds(),
            fact.s3Puts(),
            fact.s3Gets(),
            fact.writeUnits(),
            fact.readUnits(),
            fact.bytes() / 1_000);
      }
    }
    out.println();
  }

  private void dollars(PrintWriter out) {
    out.println("| dollars for a million | API | Lambda | S3 | DynamoDB | messages | together |");
    out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (Fact fact : facts.values()) {
      if (!fact.isStorage()) {
        Map<String, Double> parts = tariff.dollars(fact);
        out.printf("| %s |", fact.operation());
        parts.values().forEach(part -> out.printf(Locale.ROOT, " %.2f |", MILLION * part));
        out.printf(Locale.ROOT, " %.2f |%n", MILLION * tariff.total(fact));
      }
    }
    out.println();
  }

  private void summary(PrintWriter out) {
    out.println("| all in, with one subscriber and a month of storage | dollars |");
    out.println("| --- | --- |");
    line(out, "a million posts, each event alone", million("createRecord", "event"));
    line(out, "a million posts, ten events at a time", million("createRecord", "event in ten"));
    line(
        out,
        "a million likes, posts, reposts and follows, each event alone",
        million("createRecord, mixed", "event, mixed"));
    line(out, "the same, ten events at a time", million("createRecord, mixed", "event in ten"));
    out.println();
    out.println("| in a month, with a year's records kept | dollars |");
    out.println("| --- | --- |");
    line(out, "one quiet user", month("quiet"));
    line(out, "one busy user", month("busy"));
    line(out, "1,000 users, every tenth of them busy", 900 * month("quiet") + 100 * month("busy"));
    line(
        out,
        "the firehose host, if there is one",
        Double.parseDouble(tariff.text("firehose.host.month")));
  }

  private static void line(PrintWriter out, String what, double dollars) {
    out.printf(Locale.ROOT, "| %s | %.2f |%n", what, dollars);
  }
}

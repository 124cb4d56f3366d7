package dev.virga.cli.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BillTest {
  private final Bill bill = new Bill();

  @Test
  void aMillionRecordsCostTwentyDollarsAtMost() {
    assertThat(bill.million("createRecord", "event")).isBetween(15.0, 20.0);
    assertThat(bill.million("createRecord", "event in ten")).isLessThan(17.0);
    assertThat(bill.million("createRecord, mixed", "event in ten")).isLessThan(18.0);
    // Likes have an item more each, and an event alone takes a turn of its own to send.
    assertThat(bill.million("createRecord, mixed", "event, mixed")).isLessThan(21.0);
  }

  @Test
  void aQuietUserCostsCents() {
    assertThat(bill.month("quiet")).isLessThan(0.05);
    assertThat(bill.month("busy")).isLessThan(0.50);
  }

  @Test
  void aWriteIsPaidForByItsPartsOnly() {
    Fact fact = new Fact("createRecord", 3, 2, 1, 0, 8, 4, 0, 1_000);
    var parts = new Tariff().dollars(fact);
    assertThat(parts.get("API")).isEqualTo(1e-6);
    assertThat(parts.get("S3")).isEqualTo(5e-6);
    assertThat(parts.get("DynamoDB")).isEqualTo(5.5e-6);
    assertThat(parts.get("messages")).isZero();
    // 10 ms of its own, one call of S3, one of DynamoDB: 48 ms of a gigabyte
    assertThat(parts.get("Lambda")).isBetween(0.83e-6, 0.85e-6);
  }

  @Test
  void printsEveryOperationTwiceAndTheSums() {
    StringWriter text = new StringWriter();
    bill.print(new PrintWriter(text, true));

    assertThat(text.toString().lines().filter(line -> line.startsWith("| createRecord |")))
        .hasSize(2);
    assertThat(text.toString())
        .contains("Prices of 2026-11-21", "a million posts", "1,000 users")
        .doesNotContain("stored in S3 |");
  }
}

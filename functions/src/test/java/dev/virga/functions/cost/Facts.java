package dev.virga.functions.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.virga.aws.CallCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What was counted, in the form of the file from which {@code virga bench cost} reckons: a line for
 * each operation, averages of one.
 */
final class Facts {
  private static final String HEADER =
      "operation\tcalls\trounds\ts3_put\ts3_get\twrite_units\tread_units\tmessages\tbytes";

  private static final Set<String> WRITES =
      Set.of("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems");

  private static final String HOW =
      "calls.tsv is not what was counted; write it anew with -Dvirga.facts=write";

  /** How far figures may move until the file must be written anew. */
  private static final double SHARE = 0.05;

  private static final double LITTLE = 0.1;

  private final Map<String, String> lines = new LinkedHashMap<>();

  /** Notes what a number of equal operations came to. */
  void add(String operation, int times, CallCounter counter, int messages) {
    double writes = 0;
    double reads = 0;
    int calls = 0;
    for (Map.Entry<String, CallCounter.Cost> cost : counter.costs().entrySet()) {
      calls += cost.getValue().calls();
      if (WRITES.contains(cost.getKey())) {
        writes += cost.getValue().units();
      } else {
        reads += cost.getValue().units();
      }
    }
    int puts = counter.calls("PutObject");
    int gets = counter.calls("GetObject");
    double[] figures = {
      calls, counter.roundTrips(), puts, gets, writes, reads, messages, counter.bytes()
    };
    StringBuilder line = new StringBuilder(operation);
    for (double figure : figures) {
      line.append('\t').append(String.format(Locale.ROOT, "%.2f", figure / times));
    }
    lines.put(operation, line.toString());
  }

  void addBytes(String name, double bytes) {
    String zeros = "\t0.00".repeat(7);
    lines.put(name, name + zeros + "\t" + String.format(Locale.ROOT, "%.2f", bytes));
  }

  /** The file that is carried with the command. */
  private static Path file() {
    return Path.of(System.getProperty("virga.root", "."))
        .resolve("infra/cli/src/main/resources/dev/virga/cli/cost/calls.tsv");
  }

  private String text() {
    return HEADER + "\n" + String.join("\n", lines.values()) + "\n";
  }

  /** Demands that the file says just this, or writes it if asked to by a property. */
  void check() throws IOException {
    if (System.getProperty("virga.facts", "").equals("write")) {
      Files.createDirectories(file().getParent());
      Files.writeString(file(), text());
    }
    List<String> written = Files.readAllLines(file());
    List<String> counted = text().lines().toList();
    assertThat(names(written)).as(HOW).isEqualTo(names(counted));
    for (int i = 1; i < counted.size(); i++) {
      double[] before = figures(written.get(i));
      double[] now = figures(counted.get(i));
      for (int column = 0; column < now.length; column++) {
        assertThat(now[column])
            .as("%s: %s", HOW, counted.get(i))
            .isCloseTo(before[column], within(Math.max(LITTLE, SHARE * before[column])));
      }
    }
  }

  private static List<String> names(List<String> lines) {
    return lines.stream().map(line -> line.split("\t", 2)[0]).toList();
  }

  private static double[] figures(String line) {
    return Arrays.stream(line.split("\t")).skip(1).mapToDouble(Double::parseDouble).toArray();
  }
}

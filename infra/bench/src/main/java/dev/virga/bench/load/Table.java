package dev.virga.bench.load;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table in Markdown, printed when it is complete. */
final class Table {
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... columns) {
    this.columns = List.of(columns);
  }

  void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell instanceof Double number ? format(number) : String.valueOf(cell));
    }
    rows.add(row);
    System.err.println(String.join("  ", row)); // progress
  }

  private static String format(double number) {
    return String.format(
        Locale.ROOT, number >= 100 ? "%,.0f" : number >= 10 ? "%.1f" : "%.2f", number);
  }

  void print(String title, PrintStream out) {
    out.println();
    out.println(title);
    out.println();
    out.println("| " + String.join(" | ", columns) + " |");
    out.println("|" + " --- |".repeat(columns.size()));
    rows.forEach(row -> out.println("| " + String.join(" | ", row) + " |"));
  }
}

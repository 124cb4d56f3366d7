package dev.virga.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What grows with a repository: nothing faster than the logarithm of its records. */
public final class GrowthBench {
  private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);

  /** A stride that visits keys far apart. */
  private static final int STRIDE = 7_919;

  private GrowthBench() {}

  /**
   * Measures and prints. Each size is a repository that moves in, so that imports are measured on
   * the way.
   *
   * @param time for each operation at each size
   * @param most the largest repository
   */
  public static void run(Path root, Duration time, int most, PrintStream out) throws Exception {
    Table table =
        new Table(
            "records",
            "createRecord ms · CPU",
            "getRecord",
            "proof",
            "listRecords(100)",
            "importRepo s",
            "getRepo s",
            "most MB of its own in import · export");
    for (int size : SIZES) {
      if (size <= most) {
        try (HostProcess host = HostProcess.start(root, Map.of())) {
          measure(host, size, time, table);
        }
      }
    }
    table.print("One repository as it grows: p50 in ms and server CPU in ms, one client", out);
  }

  private static void measure(HostProcess host, int size, Duration time, Table table)
      throws IOException {
    Drive drive = new Drive(host);
    Account account;
    double imported;
    long mostInImport;
    try (Wire wire = new Wire(host.url())) {
      Account.Mover mover = Account.moveIn(wire, host.url(), size);
      account = mover.account();
      try (MemoryWatch memory = MemoryWatch.of(host)) {
        long begun = System.nanoTime();
        account.importRepo(wire, mover.car());
        imported = (System.nanoTime() - begun) / 1e9;
        mostInImport = memory.peak();
      }
      mover.arrive(wire);
    }
    double exported;
    long mostInExport;
    try (Wire wire = new Wire(host.url());
        MemoryWatch memory = MemoryWatch.of(host)) {
      account.drainRepo(wire);
      long begun = System.nanoTime();
      account.drainRepo(wire);
      exported = (System.nanoTime() - begun) / 1e9;
      mostInExport = memory.peak();
    }
    table.row(
        "%,d".formatted(size),
        pair(drive, time, account::createRecord),
        pair(drive, time, (w, i) -> account.getRecord(w, key(i, size))),
        pair(drive, time, (w, i) -> account.proof(w, key(i, size))),
        pair(drive, time, (w, i) -> account.listRecords(w, key(i, size))),
        imported,
        exported,
        mostInImport + " · " + mostInExport);
  }

  private static String key(int number, int size) {
    return Account.rkey((int) ((long) number * STRIDE % size));
  }

  private static String pair(Drive drive, Duration time, Drive.Operation operation)
      throws IOException {
    drive.run(4, time, Integer.MAX_VALUE, operation);
    Drive.Result got = drive.run(1, time, Integer.MAX_VALUE, operation);
    return "%.2f · %.2f".formatted(got.p50(), got.cpuMillis());
  }
}

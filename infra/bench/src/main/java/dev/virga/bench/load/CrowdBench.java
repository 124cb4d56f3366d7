package dev.virga.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Many at once: accounts that write, subscribers who listen, and one who does not keep up. */
public final class CrowdBench {
  private static final int WRITERS_AT_ONCE = 64;

  private final HostProcess host;
  private final Drive drive;

  private CrowdBench(HostProcess host) {
    this.host = host;
    this.drive = new Drive(host);
  }

  /**
   * Measures and prints.
   *
   * @param accounts how many write
   * @param idle how many subscribers listen while nothing happens
   * @param busy how many listen while all write
   */
  public static void run(
      Path root, Duration time, int accounts, int idle, int busy, PrintStream out)
      throws Exception {
    try (HostProcess host = HostProcess.start(root, Map.of())) {
      CrowdBench bench = new CrowdBench(host);
      List<Account> writers = bench.accounts(accounts);
      Table writes =
          new Table("accounts", "clients", "writes/s", "p50 ms", "p99 ms", "server CPU ms");
      bench.write(writers, time);
      Drive.Result got = bench.write(writers, time);
      writes.row(accounts, WRITERS_AT_ONCE, got.perSecond(), got.p50(), got.p99(), got.cpuMillis());
      writes.print("Accounts that write at once", out);
      bench.listen(writers, time, idle, busy, out);
    }
  }

  private List<Account> accounts(int count) throws IOException {
    List<Account> accounts = new ArrayList<>();
    try (Wire wire = new Wire(host.url())) {
      for (int i = 0; i < count; i++) {
        accounts.add(Account.create(wire));
      }
    }
    return accounts;
  }

  private Drive.Result write(List<Account> writers, Duration time) throws IOException {
    return drive.run(
        WRITERS_AT_ONCE,
        time,
        Integer.MAX_VALUE,
        (wire, i) -> writers.get(i % writers.size()).createRecord(wire, i));
  }

  private void listen(List<Account> writers, Duration time, int idle, int busy, PrintStream out)
      throws Exception {
    Table table =
        new Table(
            "subscribers",
            "delivered of expected",
            "still there",
            "writes/s",
            "p99 ms",
            "resident MB");
    Audience waiting = Audience.of(host.url(), idle, null);
    Thread.sleep(2_000);
    table.row(idle + " idle", "", waiting.open(), "", "", host.megabytes(HostProcess.Memory.ALL));
    waiting.close();
    Thread.sleep(1_000);
    listen(busy + " busy", writers, time, busy, table);
    try (Subscriber slow = new Subscriber(host.url(), null, false)) {
      listen(busy + " busy and one that reads nothing", writers, time, busy, table);
    }
    table.print("Subscribers of the firehose", out);
  }

  private void listen(String what, List<Account> writers, Duration time, int busy, Table table)
      throws Exception {
    try (Audience audience = Audience.of(host.url(), busy, null)) {
      Drive.Result got = write(writers, time);
      audience.await(got.count() * busy);
      table.row(
          what,
          audience.frames() + " of " + got.count() * busy,
          audience.open(),
          got.perSecond(),
          got.p99(),
          host.megabytes(HostProcess.Memory.ALL));
    }
  }
}

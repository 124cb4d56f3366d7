package dev.virga.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Every operation that matters, from one client and from eight, on a host that has warmed up. */
public final class HostBench {
  private static final int CLIENTS = 8;
  private static final int BLOB = 100_000;
  private static final int SEEDED = 200;
  private static final int IMPORTED = 10_000;
  private static final int SUBSCRIBERS = 20;

  private final HostProcess host;
  private final Drive drive;
  private final Duration time;
  private final Table table =
      new Table("operation", "clients", "p50 ms", "p99 ms", "operations/s", "server CPU ms");

  private HostBench(HostProcess host, Duration time) {
    this.host = host;
    this.drive = new Drive(host);
    this.time = time;
  }

  /**
   * Measures and prints.
   *
   * @param time for each operation and number of clients; as much goes before to warm up
   */
  public static void run(Path root, Duration time, PrintStream out) throws Exception {
    try (HostProcess host = HostProcess.start(root, Map.of())) {
      Thread.sleep(3_000);
      String idle = host.megabytes(HostProcess.Memory.ALL) + " MB resident when idle";
      HostBench bench = new HostBench(host, time);
      bench.operations();
      bench.imports();
      String title =
          "From start to first answer %.2f s; %s, %d MB at the end."
              .formatted(
                  host.start().toMillis() / 1e3, idle, host.megabytes(HostProcess.Memory.ALL));
      bench.table.print(title, out);
      bench.firehose(out);
    }
  }

  private void operations() throws IOException {
    try (Wire wire = new Wire(host.url())) {
      Account one = Account.create(wire);
      List<String> keys = one.create(wire, 0, SEEDED);
      String blob = one.blob(wire, BLOB, 1);
      List<Account> eight = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        eight.add(Account.create(wire));
      }
      Map<String, Drive.Operation> operations = new LinkedHashMap<>();
      operations.put("createRecord", one::createRecord);
      operations.put(
          "createRecord, 8 repositories", (w, i) -> eight.get(i % CLIENTS).createRecord(w, i));
      operations.put("putRecord", (w, i) -> one.putRecord(w, keys.get(i % 64), i));
      operations.put("applyWrites of 100", (w, i) -> one.create(w, 1_000_000 + i * 100, 100));
      operations.put("getRecord", (w, i) -> one.getRecord(w, keys.get(i % SEEDED)));
      operations.put("listRecords of 100", (w, i) -> one.listRecords(w, ""));
      operations.put("proof of a record", (w, i) -> one.proof(w, keys.get(i % SEEDED)));
      operations.put("getLatestCommit", (w, i) -> one.latestCommit(w));
      operations.put("uploadBlob of 100 KB", (w, i) -> one.upload(w, BLOB));
      operations.put("getBlob of 100 KB", (w, i) -> one.getBlob(w, blob));
      for (var operation : operations.entrySet()) {
        measure(operation.getKey(), operation.getValue());
      }
      deletes(wire, eight.getFirst());
      exports(wire, eight.get(1));
    }
  }

  private void measure(String name, Drive.Operation operation) throws IOException {
    drive.run(CLIENTS, time, Integer.MAX_VALUE, operation);
    for (int clients : new int[] {1, CLIENTS}) {
      add(name, clients, drive.run(clients, time, Integer.MAX_VALUE, operation));
    }
  }

  private void add(String name, int clients, Drive.Result got) {
    table.row(name, clients, got.p50(), got.p99(), got.perSecond(), got.cpuMillis());
  }

  private void deletes(Wire wire, Account account) throws IOException {
    int count = 4_000;
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i += SEEDED) {
      keys.addAll(account.create(wire, i, SEEDED));
    }
    AtomicInteger next = new AtomicInteger();
    Drive.Operation delete = (w, i) -> account.deleteRecord(w, keys.get(next.getAndIncrement()));
    drive.run(CLIENTS, time, count / 4, delete);
    add("deleteRecord", 1, drive.run(1, time, count / 4, delete));
    add("deleteRecord", CLIENTS, drive.run(CLIENTS, time, count / 4, delete));
  }

  private void exports(Wire wire, Account account) throws IOException {
    int have = 0;
    for (int size : new int[] {1_000, 10_000}) {
      for (; have < size; have += SEEDED) {
        account.create(wire, have, SEEDED);
      }
      measure("getRepo of " + size + " records", (w, i) -> account.getRepo(w));
    }
  }

  private void imports() throws IOException {
    List<Account.Mover> movers = new ArrayList<>();
    try (Wire wire = new Wire(host.url())) {
      for (int i = 0; i < 6; i++) {
        movers.add(Account.moveIn(wire, host.url(), IMPORTED));
      }
    }
    AtomicInteger next = new AtomicInteger();
    Drive.Operation move =
        (w, i) -> {
          Account.Mover mover = movers.get(next.getAndIncrement());
          mover.account().importRepo(w, mover.car());
        };
    drive.run(1, Duration.ofMinutes(1), 3, move);
    add("importRepo of " + IMPORTED + " records", 1, drive.run(1, Duration.ofMinutes(1), 3, move));
  }

  private void firehose(PrintStream out) throws Exception {
    Table frames =
        new Table("firehose", "subscribers", "frames/s", "writes/s", "server CPU µs a frame");
    List<Account> writers = new ArrayList<>();
    try (Wire wire = new Wire(host.url())) {
      for (int i = 0; i < CLIENTS; i++) {
        writers.add(Account.create(wire));
      }
    }
    Drive.Operation write = (w, i) -> writers.get(i % CLIENTS).createRecord(w, i);
    Audience live = Audience.of(host.url(), SUBSCRIBERS, null);
    long cpu = host.cpuMillis();
    long begun = System.nanoTime();
    Drive.Result written = drive.run(CLIENTS, time.multipliedBy(2), Integer.MAX_VALUE, write);
    boolean all = live.await(written.count() * SUBSCRIBERS);
    frames.row(
        all ? "live, none lost" : "live, INCOMPLETE",
        SUBSCRIBERS,
        live.perSecond(begun),
        written.perSecond(),
        (host.cpuMillis() - cpu) * 1e3 / live.frames());
    live.close();
    for (int subscribers : new int[] {1, SUBSCRIBERS}) {
      cpu = host.cpuMillis();
      begun = System.nanoTime();
      Audience replay = Audience.of(host.url(), subscribers, 0L);
      replay.awaitSilence();
      frames.row(
          "replay from the start",
          subscribers,
          replay.perSecond(begun),
          "",
          (host.cpuMillis() - cpu) * 1e3 / replay.frames());
      replay.close();
    }
    frames.print("Firehose", out);
  }
}

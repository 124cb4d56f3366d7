package dev.virga.host;

import dev.virga.functions.Pages;
import dev.virga.functions.Services;
import dev.virga.functions.Surroundings;
import dev.virga.functions.site.Route;
import dev.virga.host.http.HttpServer;
import dev.virga.host.plc.LocalPlcDirectory;
import dev.virga.host.plc.PlcLedger;
import dev.virga.host.plc.PlcPages;
import dev.virga.host.store.Durability;
import dev.virga.host.store.LocalObjects;
import dev.virga.host.store.SqliteIndex;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.HttpPlcDirectory;
import dev.virga.pds.identity.JndiTxtLookup;
import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.identity.TxtLookup;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.sync.CrawlRequests;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Firehose;
import dev.virga.pds.sync.Sequencer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocketFactory;

/** The whole PDS in one process: the composition root of the laptop and of a single machine. */
public final class Host implements AutoCloseable {
  private static final Set<String> FED = Set.of("outbox#");
  private static final Duration TXT_TIMEOUT = Duration.ofSeconds(3);

  private final PdsConfig config;
  private final HttpServer server;
  private final Firehose firehose;
  private final Upkeep upkeep;
  private final ExecutorService background;
  private final SqliteIndex index;
  private final LocalObjects objects;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Host(
      PdsConfig config,
      HttpServer server,
      Firehose firehose,
      Upkeep upkeep,
      ExecutorService background,
      SqliteIndex index,
      LocalObjects objects) {
    this.config = config;
    this.server = server;
    this.firehose = firehose;
    this.upkeep = upkeep;
    this.background = background;
    this.index = index;
    this.objects = objects;
  }

  /**
   * Starts serving.
   *
   * @param directory where everything is kept; made if absent
   * @throws IOException if the port is taken
   * @throws dev.virga.pds.store.StoreException if the directory cannot be used
   */
  public static Host start(PdsConfig given, Path directory) throws IOException {
    HttpServer server = HttpServer.bind(given.service().port());
    try {
      return start(given.atPort(server.port()), directory, server);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static Host start(PdsConfig config, Path directory, HttpServer server)
      throws IOException {
    InstantSource clock = InstantSource.system();
    SqliteIndex index = SqliteIndex.open(directory.resolve("index.db"), Durability.DEFAULT, FED);
    LocalObjects objects = LocalObjects.open(directory.resolve("objects"), Durability.DEFAULT);
    ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    PlcLedger ledger = new PlcLedger(index, clock);
    VettedFetcher fetcher = fetcher(config);
    Services services =
        new Services(
            config,
            new Surroundings(
                index,
                objects,
                plc(config, ledger, fetcher),
                fetcher,
                dns(config),
                clock,
                new SecureRandom(),
                Thread::sleep,
                background,
                emptied(directory.resolve("scratch"))));

    EventLog log = services.eventLog();
    Firehose firehose =
        new Firehose(log, objects, config.firehose().buffer(), Firehose.Distance.NEAR);
    CrawlRequests crawls = services.crawlRequests();
    Sequencer sequencer =
        services.sequencer(
            log,
            last -> {
              firehose.poke(last);
              crawls.news();
            });
    index.deliver(sequencer, services.changes(sequencer));
    Upkeep upkeep = new Upkeep(index, objects, services, clock);
    boolean ownPlc = config.identity().plcUrl().isEmpty();
    List<Route> plcPages = ownPlc ? new PlcPages(ledger).routes() : List.of();
    server.serve(
        Pages.site(services, Version.read(), plcPages),
        firehose,
        new Jetstream(firehose, log),
        config.firehose().buffer());
    upkeep.start();
    return new Host(config, server, firehose, upkeep, background, index, objects);
  }

  /** A directory without what an earlier process left in it. */
  private static Path emptied(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return directory;
  }

  private static VettedFetcher fetcher(PdsConfig config) {
    return new VettedFetcher(
        AddressLookup.system(),
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        config.network().ssrfProtection()
            ? VettedFetcher.Policy.PUBLIC_ONLY
            : VettedFetcher.Policy.LAPTOP,
        "virga/" + Version.read());
  }

  /** The system's name servers, and others for what they do not know. */
  private static TxtLookup dns(PdsConfig config) {
    TxtLookup system = new JndiTxtLookup(List.of(), TXT_TIMEOUT);
    List<String> backup = config.identity().backupNameservers();
    return backup.isEmpty() ? system : system.withBackup(new JndiTxtLookup(backup, TXT_TIMEOUT));
  }

  private static PlcDirectory plc(PdsConfig config, PlcLedger ledger, VettedFetcher fetcher) {
    Optional<URI> url = config.identity().plcUrl();
    return url.isEmpty()
        ? new LocalPlcDirectory(ledger)
        : new HttpPlcDirectory(url.get(), fetcher, VettedFetcher.Limits.DOCUMENT);
  }

  /** The configuration, with the port that is really served. */
  public PdsConfig config() {
    return config;
  }

  /** Waits until the host has been closed. */
  public void join() throws InterruptedException {
    closed.await();
  }

  /** Lets requests under way finish, then closes everything; a second call does nothing. */
  @Override
  public void close() throws IOException {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    try {
      upkeep.close();
      server.close();
      firehose.close();
      background.shutdownNow();
    } finally {
      index.close();
      objects.close();
      closed.countDown();
    }
  }
}

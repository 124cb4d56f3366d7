package dev.virga.host;

import dev.virga.functions.Pages;
import dev.virga.functions.Services;
import dev.virga.functions.Surroundings;
import dev.virga.functions.site.Route;
import dev.virga.host.backend.Backend;
import dev.virga.host.backend.EmbeddedBackend;
import dev.virga.host.http.HttpServer;
import dev.virga.host.plc.LocalPlcDirectory;
import dev.virga.host.plc.PlcLedger;
import dev.virga.host.plc.PlcPages;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.HttpPlcDirectory;
import dev.virga.pds.identity.JndiTxtLookup;
import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.identity.TxtLookup;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.store.Changes;
import dev.virga.pds.sync.CrawlRequests;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Firehose;
import dev.virga.pds.sync.FirehoseHost;
import dev.virga.pds.sync.Sequencer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocketFactory;

/**
 * A PDS in one process: the composition root of the laptop, of a single machine, and of the machine
 * beside Lambda that serves the event stream.
 */
public final class Host implements AutoCloseable {
  private static final Duration TXT_TIMEOUT = Duration.ofSeconds(3);

  private final PdsConfig config;
  private final HttpServer server;
  private final Firehose firehose;
  private final Upkeep upkeep;
  private final ExecutorService background;
  private final Backend backend;
  private final ScratchDirectory scratch;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Host(
      PdsConfig config,
      HttpServer server,
      Firehose firehose,
      Upkeep upkeep,
      ExecutorService background,
      Backend backend,
      ScratchDirectory scratch) {
    this.config = config;
    this.server = server;
    this.firehose = firehose;
    this.upkeep = upkeep;
    this.background = background;
    this.backend = backend;
    this.scratch = scratch;
  }

  /**
   * Starts serving everything out of a directory.
   *
   * @param directory where everything is kept; made if absent
   * @throws IOException if the port is taken
   * @throws dev.virga.pds.store.StoreException if the directory cannot be used
   */
  public static Host start(PdsConfig config, Path directory) throws IOException {
    return start(config, EmbeddedBackend.open(directory), Mode.ALL, directory);
  }

  /**
   * Starts serving.
   *
   * @param backend closed with the host, or if it does not start
   * @param directory for what is too large for memory, in a directory below it; made if absent
   * @throws IOException if the port is taken, or the directory by another host
   * @throws dev.virga.pds.store.StoreException if the backend cannot be used
   */
  public static Host start(PdsConfig given, Backend backend, Mode mode, Path directory)
      throws IOException {
    try {
      ScratchDirectory scratch = ScratchDirectory.open(directory.resolve("scratch"));
      try {
        HttpServer server = HttpServer.bind(given.service().port());
        try {
          return start(given.atPort(server.port()), backend, mode, scratch, server);
        } catch (IOException | RuntimeException e) {
          server.close();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        scratch.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  private static Host start(
      PdsConfig config, Backend backend, Mode mode, ScratchDirectory scratch, HttpServer server)
      throws IOException {
    InstantSource clock = InstantSource.system();
    ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    PlcLedger ledger = new PlcLedger(backend.index(), clock);
    VettedFetcher fetcher = fetcher(config);
    Services services =
        new Services(
            config,
            new Surroundings(
                backend.index(),
                backend.objects(),
                plc(config, ledger, fetcher),
                fetcher,
                dns(config),
                clock,
                new SecureRandom(),
                Thread::sleep,
                background,
                scratch.path()));

    EventLog log = services.eventLog();
    Firehose firehose =
        new Firehose(
            log,
            backend.objects(),
            config.firehose().buffer(),
            backend.isShared() ? Firehose.Distance.FAR : Firehose.Distance.NEAR);
    List<Route> more = new ArrayList<>();
    if (config.identity().plcUrl().isEmpty()) {
      more.addAll(new PlcPages(ledger).routes());
    }
    if (backend.isShared()) {
      more.addAll(new PokePage(services.poke(), firehose::poke).routes());
    }
    Upkeep upkeep = new Upkeep(backend, services, clock);
    if (mode == Mode.ALL) {
      number(services, backend, log, firehose);
    }
    server.serve(
        Pages.site(services, Version.read(), more),
        firehose,
        new Jetstream(firehose, log),
        config.firehose().buffer());
    if (mode == Mode.ALL) {
      upkeep.start();
    }
    return new Host(config, server, firehose, upkeep, background, backend, scratch);
  }

  /** Gives events their numbers, and tells whoever waits for them. */
  private static void number(Services services, Backend backend, EventLog log, Firehose firehose) {
    CrawlRequests crawls = services.crawlRequests();
    Optional<FirehoseHost> other = services.firehoseHost();
    Sequencer sequencer =
        services.sequencer(
            log,
            last -> {
              firehose.poke(last);
              other.ifPresent(host -> host.news(last));
              crawls.news();
            });
    Changes.Listener listener = services.changes(sequencer);
    backend.deliver(sequencer, listener, () -> services.stragglers(listener).all());
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
      scratch.close();
    } finally {
      backend.close();
      closed.countDown();
    }
  }
}

package dev.virga.cli;

import dev.virga.atproto.syntax.Did;
import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.ports.CloudStores;
import dev.virga.functions.Services;
import dev.virga.functions.Surroundings;
import dev.virga.host.plc.PlcLedger;
import dev.virga.host.store.Durability;
import dev.virga.host.store.LocalObjects;
import dev.virga.host.store.ReadOnlyIndex;
import dev.virga.host.store.SqliteCheck;
import dev.virga.host.store.SqliteIndex;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.HttpPlcDirectory;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocketFactory;

/** The stores of a PDS as a command opened them, with the services on top. */
final class OpenStores implements AutoCloseable {
  /** Something that is closed after the services. */
  private interface Held {
    void close();
  }

  private final Index index;
  private final Objects objects;
  private final Services services;
  private final Path scratch;
  private final List<Path> databases;
  private final Held held;

  private OpenStores(
      PdsConfig config, Index index, Objects objects, List<Path> databases, Held held)
      throws IOException {
    this.index = index;
    this.objects = objects;
    this.databases = List.copyOf(databases);
    this.held = held;
    this.scratch = Files.createTempDirectory("virga");
    this.services = new Services(config, offline(index, objects, scratch));
  }

  static OpenStores embedded(PdsConfig config, Path directory, boolean toWrite) throws IOException {
    Path database = directory.resolve("index.db");
    Path files = directory.resolve("objects");
    List<Path> databases = List.of(database, files.resolve("small.db"));
    if (toWrite) {
      SqliteIndex index = SqliteIndex.open(database, Durability.DEFAULT, Set.of("outbox#"));
      LocalObjects objects = LocalObjects.open(files, Durability.DEFAULT);
      return new OpenStores(config, index, objects, databases, both(index::close, objects::close));
    }
    ReadOnlyIndex index = ReadOnlyIndex.open(database);
    LocalObjects objects = LocalObjects.openForReading(files);
    return new OpenStores(config, index, objects, databases, both(index::close, objects::close));
  }

  private static Held both(Held index, Held objects) {
    return () -> {
      objects.close();
      index.close();
    };
  }

  static OpenStores cloud(PdsConfig config, Map<String, String> variables) throws IOException {
    AwsEnvironment environment = AwsEnvironment.of(variables, List.of());
    CloudStores stores = CloudStores.open(environment, new SecureRandom());
    stores.check();
    return new OpenStores(
        config,
        stores.index(),
        stores.objects(),
        List.of(),
        () -> {
          stores.close();
          environment.close();
        });
  }

  /**
   * Looks at the files below the ports, if they are this machine's.
   *
   * @param items told every item of the index
   */
  void checkFiles(Consumer<String> problems, Consumer<Entry> items) {
    for (Path database : databases) {
      boolean isIndex = database.equals(databases.getFirst());
      SqliteCheck.run(database, problems, isIndex ? items : entry -> {});
    }
  }

  /** Looks at what the directory of this machine knows of a DID, if there is one. */
  Optional<String> checkDirectory(Did did) {
    return databases.isEmpty()
        ? Optional.empty()
        : new PlcLedger(index, InstantSource.system()).problem(did);
  }

  /** Surroundings in which nobody else in the network is asked anything. */
  private static Surroundings offline(Index index, Objects objects, Path scratch) {
    VettedFetcher nowhere =
        new VettedFetcher(
            host -> {
              throw new UnknownHostException(host);
            },
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            VettedFetcher.Policy.PUBLIC_ONLY,
            "virga");
    return new Surroundings(
        index,
        objects,
        new HttpPlcDirectory(
            URI.create("https://plc.invalid"), nowhere, VettedFetcher.Limits.DOCUMENT),
        nowhere,
        name -> List.of(),
        InstantSource.system(),
        new SecureRandom(),
        time -> {},
        Runnable::run,
        scratch);
  }

  Index index() {
    return index;
  }

  Objects objects() {
    return objects;
  }

  Services services() {
    return services;
  }

  @Override
  public void close() {
    held.close();
    try {
      Files.deleteIfExists(scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

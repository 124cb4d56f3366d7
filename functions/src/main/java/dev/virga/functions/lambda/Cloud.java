package dev.virga.functions.lambda;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.ports.CloudStores;
import dev.virga.functions.Services;
import dev.virga.functions.Surroundings;
import dev.virga.pds.config.ConfigException;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.HttpPlcDirectory;
import dev.virga.pds.identity.JndiTxtLookup;
import dev.virga.pds.identity.PlcDirectory;
import dev.virga.pds.identity.TxtLookup;
import dev.virga.pds.identity.VettedFetcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;

/**
 * The whole PDS composed on the cloud's backends: what every function of this package stands on.
 *
 * <p>All that must not be the same in two instances is in here and nowhere else: connections,
 * credentials, randomness, clocks, caches. A function that is restored from a snapshot throws its
 * Cloud away and opens another.
 */
final class Cloud implements AutoCloseable {
  private static final Duration TXT_TIMEOUT = Duration.ofSeconds(3);

  private final AwsEnvironment aws;
  private final CloudStores stores;
  private final PdsConfig config;
  private final SecureRandom random = new SecureRandom();
  private final Background background = new Background();
  private final Services services;

  private Cloud(Map<String, String> variables, AwsEnvironment aws, InstantSource clock) {
    this.aws = aws;
    this.stores = CloudStores.open(aws, random);
    this.config = PdsConfig.parse(variables);
    VettedFetcher fetcher = fetcher(config);
    this.services =
        new Services(
            config,
            new Surroundings(
                stores.index(),
                stores.objects(),
                plc(config, fetcher),
                fetcher,
                dns(config),
                clock,
                random,
                Thread::sleep,
                background,
                scratch()));
  }

  /**
   * Composes everything; no call is made yet.
   *
   * @param variables as {@link Settings#read} gives them
   * @throws ConfigException if a variable is missing or invalid
   */
  static Cloud open(Map<String, String> variables, InstantSource clock) {
    return new Cloud(variables, AwsEnvironment.of(variables, List.of()), clock);
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

  private static PlcDirectory plc(PdsConfig config, VettedFetcher fetcher) {
    URI url =
        config
            .identity()
            .plcUrl()
            .orElseThrow(() -> new ConfigException("PDS_DID_PLC_URL", "is missing"));
    return new HttpPlcDirectory(url, fetcher, VettedFetcher.Limits.DOCUMENT);
  }

  private static TxtLookup dns(PdsConfig config) {
    TxtLookup system = new JndiTxtLookup(List.of(), TXT_TIMEOUT);
    List<String> backup = config.identity().backupNameservers();
    return backup.isEmpty() ? system : system.withBackup(new JndiTxtLookup(backup, TXT_TIMEOUT));
  }

  /** Below the only directory that a function may write to. */
  private static Path scratch() {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"), "virga-scratch");
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  AwsEnvironment aws() {
    return aws;
  }

  CloudStores stores() {
    return stores;
  }

  PdsConfig config() {
    return config;
  }

  SecureRandom random() {
    return random;
  }

  Background background() {
    return background;
  }

  Services services() {
    return services;
  }

  @Override
  public void close() {
    stores.close();
    aws.close();
  }
}

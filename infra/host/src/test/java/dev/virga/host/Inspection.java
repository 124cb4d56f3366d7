package dev.virga.host;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.host.store.LocalObjects;
import dev.virga.host.store.ReadOnlyIndex;
import dev.virga.host.store.SqliteCheck;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Report;
import dev.virga.pds.verify.Tally;
import dev.virga.pds.verify.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code virga verify} has to say of a data directory that a test's host has left behind.
 *
 * @param findings all but what is merely under way
 */
record Inspection(Tally tally, List<String> findings) {
  private static final Duration GRACE = Duration.ofDays(3);

  Inspection {
    findings = List.copyOf(findings);
  }

  /** Looks at everything, down to the rows of the databases. */
  static Inspection of(Path directory) throws IOException {
    SecureRandom random = new SecureRandom();
    PdsConfig config =
        PdsConfig.parse(new SecretFile(directory, random).complete(Map.of("PDS_PORT", "0")));
    Path database = directory.resolve("index.db");
    Path files = directory.resolve("objects");
    List<String> findings = new ArrayList<>();
    for (Path checked : List.of(database, files.resolve("small.db"))) {
      SqliteCheck.run(checked, findings::add);
    }
    try (ReadOnlyIndex index = ReadOnlyIndex.open(database);
        LocalObjects objects = LocalObjects.openForReading(files)) {
      InstantSource clock = InstantSource.system();
      KeySealing sealing = new KeySealing(config.secrets().keySealing().bytes(), random);
      SigningKeys keys = new SigningKeys(index, sealing, random);
      Verifier verifier =
          new Verifier(
              index,
              objects,
              (Did did) -> keys.find(did).map(PrivateKey::publicKey),
              new EventLog(index, clock, config.firehose().window()),
              clock,
              GRACE);
      Report report =
          finding -> {
            if (finding.severity() != Finding.Severity.UNDER_WAY) {
              findings.add(finding.toString());
            }
          };
      return new Inspection(verifier.all(report), findings);
    }
  }
}

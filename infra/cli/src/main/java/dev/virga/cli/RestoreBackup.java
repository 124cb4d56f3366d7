package dev.virga.cli;

import dev.virga.functions.Keeping;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.backup.Restore;
import dev.virga.pds.config.EnvFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code virga restore}: takes a backup into an empty PDS. */
@Command(
    name = "restore",
    description = "Takes a backup into an empty PDS that does not run.",
    mixinStandardHelpOptions = true,
    exitCodeOnExecutionException = Virga.NOT_BEGUN,
    footer = {
      "",
      "Put the secrets of the old server in place first (secrets.env into the data directory, or",
      "the same variables). If this server is to keep its own VIRGA_KEY_SEALING_SECRET, name a"
          + " file",
      "with the old one by --old-secrets: the signing keys are then sealed anew.",
      "Exit code: 0 whole, 1 something could not be restored, 2 not begun."
    })
final class RestoreBackup implements Callable<Integer> {
  private static final String SECRET = "VIRGA_KEY_SEALING_SECRET";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "FOLDER", description = "A folder that virga backup wrote.")
  private Path folder = Path.of("backup");

  @Option(names = "--old-secrets", description = "The secrets.env of the server backed up.")
  private @Nullable Path oldSecrets;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Restore.Outcome outcome;
    try (OpenStores stores = target.open(true)) {
      outcome =
          new Keeping(stores.services()).restore().read(folder, oldSealing(), new Progress(err));
    }
    outcome.warnings().forEach(warning -> err.println("note: " + warning));
    outcome.findings().forEach(finding -> err.println("virga: " + finding));
    out.printf("%d accounts restored%n", outcome.accounts());
    out.flush();
    return outcome.findings().isEmpty() ? 0 : 1;
  }

  private @Nullable KeySealing oldSealing() throws IOException {
    if (oldSecrets == null) {
      return null;
    }
    String secret = EnvFile.parse(Files.readString(oldSecrets)).get(SECRET);
    if (secret == null) {
      throw new IOException(oldSecrets + " has no " + SECRET);
    }
    return new KeySealing(HexFormat.of().parseHex(secret.strip()), new SecureRandom());
  }
}

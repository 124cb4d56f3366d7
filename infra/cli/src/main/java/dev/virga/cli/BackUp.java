package dev.virga.cli;

import dev.virga.functions.Keeping;
import dev.virga.pds.backup.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code virga backup}: writes accounts, repositories and blobs into a folder. */
@Command(
    name = "backup",
    description = "Writes accounts, repositories and blobs into a folder.",
    mixinStandardHelpOptions = true,
    exitCodeOnExecutionException = Virga.NOT_BEGUN,
    footer = {
      "",
      "The server may run meanwhile. Into the same folder again, only what changed is written.",
      "The folder has password hashes and sealed signing keys, but no secret of the server: keep",
      "secrets.env (or VIRGA_KEY_SEALING_SECRET and PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX)",
      "in another place; without them the folder is of no use.",
      "Exit code: 0 whole, 1 something could not be written, 2 not begun."
    })
final class BackUp implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "FOLDER", description = "Where to; made if absent.")
  private Path folder = Path.of("backup");

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Backup.Outcome outcome;
    try (OpenStores stores = target.open(false)) {
      outcome = new Keeping(stores.services()).backup().write(folder, new Progress(err));
    }
    outcome.findings().forEach(finding -> err.println("virga: " + finding));
    out.printf(
        "%d accounts; written now: %d repositories, %d blobs%n",
        outcome.accounts(), outcome.repositories(), outcome.blobs());
    out.flush();
    return outcome.findings().isEmpty() ? 0 : 1;
  }
}

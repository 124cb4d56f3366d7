package dev.virga.cli;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.Keeping;
import dev.virga.pds.backup.IndexRebuild;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code virga rebuild-index}: makes the Index anew from the Objects. */
@Command(
    name = "rebuild-index",
    description = "Makes the Index anew from the Objects and the secrets, while no server runs.",
    mixinStandardHelpOptions = true,
    exitCodeOnExecutionException = Virga.NOT_BEGUN,
    footer = {
      "",
      "Repositories come from their packs; blobs from their bytes; accounts that the Index does"
          + " not",
      "have, or has damaged, from their sealed snapshots. A SQLite file that does not open must be",
      "moved away first.",
      "Exit code: 0 whole, 1 something is missing or damaged, 2 not begun."
    })
final class RebuildIndex implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Target target = new Target();

  @Option(names = "--did", description = "One account only.")
  private @Nullable String did;

  @Option(
      names = "--accept-loss",
      description = "Where the latest commit is not whole, go back to the last one that is.")
  private boolean acceptLoss;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    IndexRebuild.Outcome outcome;
    try (OpenStores stores = target.open(true)) {
      IndexRebuild rebuild = new Keeping(stores.services()).rebuild();
      outcome =
          did == null
              ? rebuild.all(acceptLoss, new Progress(err))
              : rebuild.one(Did.parse(did), acceptLoss, new Progress(err));
    }
    outcome.findings().forEach(finding -> err.println("virga: " + finding));
    out.printf(
        "%d accounts rebuilt, %d of them from snapshots%n", outcome.accounts(), outcome.revived());
    out.flush();
    return outcome.findings().isEmpty() ? 0 : 1;
  }
}

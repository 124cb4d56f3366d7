package dev.virga.cli;

import dev.virga.cli.cost.BenchCost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code virga bench}: figures about Virga itself. */
@Command(
    name = "bench",
    description = "Prints figures about Virga itself.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = BenchCost.class)
final class Bench implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to measure, for example: virga bench cost");
  }
}

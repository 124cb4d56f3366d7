package dev.virga.cli.cost;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code virga bench cost}: what a deployment costs, for a million of each operation and a month.
 */
@Command(
    name = "cost",
    description = "Prints what a deployment on AWS costs, from counted calls and list prices.",
    mixinStandardHelpOptions = true)
public final class BenchCost implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    new Bill().print(spec.commandLine().getOut());
    spec.commandLine().getOut().flush();
  }
}

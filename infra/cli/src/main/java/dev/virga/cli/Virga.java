package dev.virga.cli;

import dev.virga.host.Version;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code virga} command itself: shows its subcommands. */
@Command(
    name = "virga",
    description = "An AT Protocol Personal Data Server.",
    mixinStandardHelpOptions = true,
    versionProvider = Virga.Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Run.class,
      Train.class,
      Bench.class,
      Verify.class,
      BackUp.class,
      RestoreBackup.class,
      RebuildIndex.class,
      CommandLine.HelpCommand.class
    })
public final class Virga implements Runnable {
  /** The exit code of operators' commands that could not begin. */
  static final int NOT_BEGUN = 2;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** What {@code --version} and {@code version} print. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"virga " + Version.read()};
    }
  }

  /** Runs a command and ends the process with 0, 1 for a failure, or 2 for a misuse. */
  public static void main(String[] args) {
    int code = commandLine().execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new Virga())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              PrintWriter err = command.getErr();
              err.println("virga: " + message(failure));
              return command.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  private static String message(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  @Command(name = "version", description = "Prints the version.")
  void version() {
    spec.commandLine().getOut().println("virga " + Version.read());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do, for example: virga run");
  }
}

package dev.virga.cli;

import dev.virga.host.Host;
import dev.virga.host.SecretFile;
import dev.virga.pds.config.EnvFile;
import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code virga run}: the whole PDS on this machine, until it is told to stop. */
@Command(
    name = "run",
    description = "Runs a whole PDS on this machine.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Every PDS_* variable of the reference server is understood, from the environment or",
      "from --env-file; options win over the environment, and that over the file."
    })
final class Run implements Callable<Integer> {
  private static final String DEFAULT_DIRECTORY = "data";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--port", description = "Port to serve; 0 for any free one. [2583]")
  private @Nullable Integer port;

  @Option(names = "--hostname", description = "Public hostname. [localhost]")
  private @Nullable String hostname;

  @Option(names = "--data-directory", description = "Where everything is kept. [data]")
  private @Nullable Path dataDirectory;

  @Option(names = "--env-file", description = "File of NAME=value lines, such as pds.env.")
  private @Nullable Path envFile;

  @Option(names = "--admin-password", description = "The operator's password. [made up once]")
  private @Nullable String adminPassword;

  @Option(names = "--plc-url", description = "PLC directory. [one of its own, on localhost]")
  private @Nullable String plcUrl;

  @Option(
      names = "--invite-required",
      description = "Sign-up needs an invite code.",
      arity = "0..1",
      fallbackValue = "true")
  private @Nullable Boolean inviteRequired;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, String> variables = variables(System.getenv());
    Path directory = Path.of(variables.getOrDefault("PDS_DATA_DIRECTORY", DEFAULT_DIRECTORY));
    Files.createDirectories(directory);
    SecretFile secrets = new SecretFile(directory, new SecureRandom());
    PdsConfig config = PdsConfig.parse(secrets.complete(variables));
    try (Host host = Host.start(config, directory)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(host), "shutdown"));
      greet(host, directory, secrets, variables);
      host.join();
    }
    return 0;
  }

  /** The file's variables under the environment's under the options. */
  private Map<String, String> variables(Map<String, String> environment) throws IOException {
    Map<String, String> variables = new HashMap<>();
    if (envFile != null) {
      variables.putAll(EnvFile.parse(Files.readString(envFile)));
    }
    variables.putAll(environment);
    override(variables, "PDS_PORT", port);
    override(variables, "PDS_HOSTNAME", hostname);
    override(variables, "PDS_DATA_DIRECTORY", dataDirectory);
    override(variables, PdsConfig.ADMIN_PASSWORD, adminPassword);
    override(variables, "PDS_DID_PLC_URL", plcUrl);
    override(variables, "PDS_INVITE_REQUIRED", inviteRequired);
    return variables;
  }

  private static void override(Map<String, String> variables, String name, @Nullable Object value) {
    if (value != null) {
      variables.put(name, value.toString());
    }
  }

  private void greet(Host host, Path directory, SecretFile secrets, Map<String, String> variables) {
    PdsConfig config = host.config();
    PrintWriter out = spec.commandLine().getOut();
    boolean given = !variables.getOrDefault(PdsConfig.ADMIN_PASSWORD, "").isBlank();
    out.println("Virga is ready at http://localhost:" + config.service().port());
    out.println("  data            " + directory.toAbsolutePath().normalize());
    out.println("  admin password  " + (given ? "as given" : "in " + secrets.path()));
    out.println("  handles         " + String.join(", ", config.identity().handleDomains()));
    out.println(
        "  PLC directory   "
            + config.identity().plcUrl().map(Object::toString).orElse("this process, same URL"));
    out.flush();
  }

  private static void stop(Host host) {
    try {
      host.close();
    } catch (IOException e) {
      System.err.println("virga: " + e.getMessage());
    }
  }
}

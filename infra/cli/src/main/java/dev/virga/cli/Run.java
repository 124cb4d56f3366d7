package dev.virga.cli;

import dev.virga.host.Host;
import dev.virga.host.Mode;
import dev.virga.host.SecretFile;
import dev.virga.host.backend.Backend;
import dev.virga.host.backend.CloudBackend;
import dev.virga.host.backend.EmbeddedBackend;
import dev.virga.pds.config.EnvFile;
import dev.virga.pds.config.PdsConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
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
      "from --env-file; options win over the environment, and that over the file.",
      "",
      "The cloud backend reads VIRGA_TABLE and VIRGA_BUCKET, the AWS SDK's own variables",
      "(AWS_REGION, AWS_ENDPOINT_URL, ...) and VIRGA_S3_PATH_STYLE=true for stores that need",
      "it. Every secret must be given, the same to all processes. VIRGA_BACKEND, VIRGA_MODE",
      "and VIRGA_FIREHOSE_URL, a firehose host to be told of news, complete them."
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

  @Option(
      names = "--backend",
      paramLabel = "embedded|cloud",
      description = {
        "What everything is kept in: files of this machine, or DynamoDB and S3.",
        "[cloud if VIRGA_TABLE is set, else embedded]"
      })
  private @Nullable String backend;

  @Option(
      names = "--mode",
      paramLabel = "all|firehose",
      description = {
        "What to do beside answering requests: all, or, beside functions or another host",
        "on the same cloud backend, nothing but to serve the event stream. [all]"
      })
  private @Nullable String mode;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, String> variables = variables(System.getenv());
    Path directory = Path.of(variables.getOrDefault("PDS_DATA_DIRECTORY", DEFAULT_DIRECTORY));
    Launch launch = Launch.of(variables);
    Files.createDirectories(directory);
    SecureRandom random = new SecureRandom();
    SecretFile secrets = new SecretFile(directory, random);
    // Those of a cloud backend are shared with other processes: none may be made up here.
    PdsConfig config = PdsConfig.parse(launch.cloud() ? variables : secrets.complete(variables));
    Backend stores =
        launch.cloud()
            ? CloudBackend.open(variables, random, InstantSource.system())
            : EmbeddedBackend.open(directory);
    String place = stores.place();
    try (Host host = Host.start(config, stores, launch.mode(), directory)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(host), "shutdown"));
      boolean given =
          launch.cloud() || !variables.getOrDefault(PdsConfig.ADMIN_PASSWORD, "").isBlank();
      greet(host, place, launch.mode(), given ? "as given" : "in " + secrets.path());
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
    override(variables, "VIRGA_BACKEND", backend);
    override(variables, "VIRGA_MODE", mode);
    return variables;
  }

  private static void override(Map<String, String> variables, String name, @Nullable Object value) {
    if (value != null) {
      variables.put(name, value.toString());
    }
  }

  private void greet(Host host, String place, Mode running, String password) {
    PdsConfig config = host.config();
    PrintWriter out = spec.commandLine().getOut();
    out.println("Virga is ready at http://localhost:" + config.service().port());
    out.println("  data            " + place);
    if (running == Mode.FIREHOSE) {
      out.println("  mode            firehose: others number the events");
    }
    out.println("  admin password  " + password);
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

package dev.virga.functions.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The templates pass cfn-lint, which translates the SAM resources first; skipped where it is not
 * installed.
 */
class LintTest {
  /** Where {@code ./virga test} puts it if it can. */
  private static final Path OWN = CloudTemplate.ROOT.resolve("functions/target/lint/bin/cfn-lint");

  private static final int SECONDS = 180;

  @Test
  void noTemplateHasAFault() throws IOException, InterruptedException {
    Path tool = tool().orElseGet(() -> abort("cfn-lint is not installed (pip install cfn-lint)"));
    List<String> command = new ArrayList<>();
    command.addAll(List.of(tool.toString(), "--regions", "us-east-1", "eu-central-1", "--"));
    CloudTemplate.all().forEach(template -> command.add(template.file().toString()));
    Path output = Files.createTempFile("lint", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("cfn-lint takes more than %d s", SECONDS).isTrue();
      String complaints = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(complaints).isZero();
    } finally {
      Files.delete(output);
    }
  }

  private static Optional<Path> tool() {
    Stream<Path> onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "cfn-lint"));
    return Stream.concat(Stream.of(OWN), onPath).filter(Files::isExecutable).findFirst();
  }
}

package dev.virga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class VirgaTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpShowsTheCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Usage: virga", "run", "version");
  }

  @Test
  void helpOfRunShowsItsOptions() {
    assertThat(run("run", "--help")).isZero();
    assertThat(out.toString()).contains("--port", "--data-directory", "--env-file");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(run("version")).isZero();
    assertThat(out.toString().strip()).matches("virga \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void nothingToDoIsAMisuse() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("virga run");
  }

  @Test
  void anUnknownOptionIsAMisuse() {
    assertThat(run("run", "--prot", "1")).isEqualTo(2);
  }

  @Test
  void aBadSettingIsSaidInOneLine(@TempDir Path directory) {
    assertThat(run("run", "--data-directory", directory.toString(), "--hostname", "https://x"))
        .isEqualTo(1);
    assertThat(err.toString().strip()).startsWith("virga: PDS_HOSTNAME is ").hasLineCount(1);
  }

  @Test
  void aMissingEnvFileIsSaid(@TempDir Path directory) {
    assertThat(run("run", "--env-file", directory.resolve("none.env").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("none.env");
  }

  @Test
  void whatAnOperatorCannotBeginEndsWithACodeOfItsOwn(@TempDir Path directory) throws Exception {
    String none = directory.resolve("none").toString();
    assertThat(run("verify", "--data-directory", none)).isEqualTo(2);
    assertThat(run("backup", directory.toString(), "--data-directory", none)).isEqualTo(2);
    assertThat(err.toString()).contains("virga: there is no data directory " + none);
    String made = directory.resolve("made").toString();
    assertThat(run("restore", none, "--data-directory", made)).isEqualTo(2);
    assertThat(err.toString()).contains("no whole backup is here");
    Path database = directory.resolve("made").resolve("index.db");
    Files.writeString(database, "this is no database ".repeat(500));
    assertThat(run("rebuild-index", "--data-directory", made)).isEqualTo(2);
    assertThat(err.toString()).contains("no SQLite database");
  }

  private int run(String... args) {
    CommandLine command = Virga.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }
}

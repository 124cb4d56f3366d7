package dev.virga.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pins how the whole house is built: which arrows there are, how long a file is, how it is set. */
final class HouseTest {
  private static final Path ROOT = Path.of(System.getProperty("virga.root"));
  private static final List<String> MODULES =
      List.of("shared/atproto", "shared/pds", "shared/aws", "functions", "infra/host", "infra/cli");
  private static final int MAX_LINES = 500;

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    List<Path> compiled =
        MODULES.stream()
            .map(module -> ROOT.resolve(module).resolve("target/classes"))
            .filter(Files::isDirectory)
            .toList();
    classes = new ClassFileImporter().importPaths(compiled);
  }

  @Test
  void theProtocolKnowsNothingButItself() {
    noClasses()
        .that()
        .resideInAPackage("dev.virga.atproto..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "dev.virga.atproto..",
            "java..",
            "javax.crypto..",
            "tools.jackson.core..",
            "tools.jackson.dataformat.cbor..",
            "org.bouncycastle..",
            "org.jspecify..")
        .check(classes);
  }

  @Test
  void theServiceKnowsNeitherHandlersNorServers() {
    noClasses()
        .that()
        .resideInAPackage("dev.virga.pds..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.virga.functions..",
            "dev.virga.aws..",
            "dev.virga.host..",
            "dev.virga.cli..",
            "org.eclipse.jetty..",
            "com.amazonaws..",
            "software.amazon..",
            "java.sql..")
        .check(classes);
  }

  @Test
  void handlersKnowNoServer() {
    noClasses()
        .that()
        .resideInAPackage("dev.virga.functions..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.virga.host..", "dev.virga.cli..", "org.eclipse.jetty..", "java.sql..")
        .check(classes);
  }

  @Test
  void onlyTheEntriesOfLambdaKnowTheCloud() {
    noClasses()
        .that()
        .resideInAPackage("dev.virga.functions..")
        .and()
        .resideOutsideOfPackage("dev.virga.functions.lambda..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.virga.aws..",
            "dev.virga.functions.lambda..",
            "com.amazonaws..",
            "software.amazon..",
            "org.crac..")
        .check(classes);
  }

  @Test
  void theCloudsBackendKnowsOnlyThePorts() {
    noClasses()
        .that()
        .resideInAPackage("dev.virga.aws..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.virga.functions..", "dev.virga.host..", "dev.virga.cli..")
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void jettyIsKnownInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.virga.host.http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.jetty..")
        .check(classes);
  }

  @Test
  void jsonIsReadAsTokensOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("tools.jackson.databind..", "com.fasterxml.jackson.databind..")
        .check(classes);
  }

  @Test
  void packagesDoNotGoInCircles() {
    slices().matching("dev.virga.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void noStateIsStatic() {
    fields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .check(classes);
  }

  @Test
  void everyPackageSaysWhatItIsAndIsNullMarked() {
    TreeSet<Path> bare = new TreeSet<>();
    for (Path source : mainSources()) {
      Path info = source.resolveSibling("package-info.java");
      if (!Files.exists(info)
          || !read(info).startsWith("/**")
          || !read(info).contains("@NullMarked")) {
        bare.add(ROOT.relativize(source.getParent()));
      }
    }
    assertThat(bare).isEmpty();
  }

  @Test
  void noFileIsLong() {
    List<String> tooLong = new ArrayList<>();
    for (Path source : sources()) {
      long lines = read(source).lines().count();
      if (lines > MAX_LINES) {
        tooLong.add(ROOT.relativize(source) + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyFileIsFormatted() throws IOException, InterruptedException {
    Path formatter = ROOT.resolve("infra/host/target/tools/google-java-format.jar");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-jar", formatter.toString(), "--dry-run"));
    sources().forEach(source -> command.add(ROOT.relativize(source).toString()));
    Process process =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    String unformatted =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(unformatted).isZero();
    assertThat(unformatted).as("./virga format helps").isEmpty();
  }

  private static List<Path> mainSources() {
    return sources().stream()
        .filter(source -> source.toString().replace('\\', '/').contains("/src/main/"))
        .toList();
  }

  private static List<Path> sources() {
    return MODULES.stream()
        .flatMap(module -> javaFiles(ROOT.resolve(module).resolve("src")))
        .collect(Collectors.toList());
  }

  private static Stream<Path> javaFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

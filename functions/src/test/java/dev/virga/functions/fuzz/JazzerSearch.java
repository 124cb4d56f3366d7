package dev.virga.functions.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lets Jazzer search one target after the other, each for {@code -Dfuzz.seconds} in a process of
 * its own; part of the profile {@code fuzz} only, which has Jazzer on the class path.
 *
 * <p>{@code -Dfuzz.targets=car,mst} chooses targets. New inputs gather in {@code
 * target/fuzz/<name>}, finds there as {@code crash-…}, {@code timeout-…} or {@code oom-…}: mend
 * what they show and keep them in the corpus. A find whose input is empty ({@code crash-da39a3ee…})
 * is a class of the target that did not load, since that input is always the first.
 */
class JazzerSearch {
  @ParameterizedTest
  @EnumSource
  void findsNothing(FuzzTarget target) throws Exception {
    List<String> chosen = Arrays.asList(System.getProperty("fuzz.targets", "").split(","));
    Assumptions.assumeTrue(chosen.equals(List.of("")) || chosen.contains(target.folder()));
    Path work = Path.of(System.getProperty("virga.root"), "functions/target/fuzz", target.folder());
    Files.createDirectories(work.resolve("inputs"));

    Process search =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfuzz.target=" + target.folder(),
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                "--instrumentation_includes=dev.virga.**",
                "--custom_hook_includes=dev.virga.**",
                "-max_total_time=" + Long.getLong("fuzz.seconds", 60),
                "-max_len=" + FuzzTarget.MAX_BYTES,
                "-timeout=5",
                "-rss_limit_mb=2500",
                "-artifact_prefix=" + work + "/",
                work.resolve("inputs").toString(),
                Corpus.folder(target).toString())
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("log").toFile())
            .start();

    assertThat(search.waitFor()).as("see " + work.resolve("log")).isZero();
  }
}

package dev.virga.pds.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class LogProviderTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void slf4jFindsTheProvider() {
    assertThat(LoggerFactory.getLogger("dev.virga.Any")).isInstanceOf(LineLogger.class);
  }

  @Test
  void writesPlainLinesForPeople() {
    logger("dev.virga.pds.Thing", Map.of()).info("wrote {} of {}", 3, "x");
    assertThat(lines()).isEqualTo("2026-01-02T03:04:05.678Z INFO Thing: wrote 3 of x\n");
  }

  @Test
  void writesOneJsonObjectPerLine() {
    logger("a.B", Map.of("VIRGA_LOG_FORMAT", "json")).warn("say \"hi\"\n\\ {}", "\u0007");
    assertThat(lines())
        .isEqualTo(
            "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\",\"logger\":\"a.B\","
                + "\"message\":\"say \\\"hi\\\"\\n\\\\ \\u0007\"}\n");
  }

  @Test
  void writesJsonUnderLambda() {
    logger("a.B", Map.of("AWS_LAMBDA_FUNCTION_NAME", "f")).info("x");
    assertThat(lines()).startsWith("{");
  }

  @Test
  void jsonCarriesTheTraceInsideTheLine() {
    logger("a.B", Map.of("VIRGA_LOG_FORMAT", "json"))
        .error("bad", new IllegalStateException("why"));
    assertThat(lines())
        .contains("\"error\":\"java.lang.IllegalStateException: why")
        .hasLineCount(1);
  }

  @Test
  void aMessageCannotForgeALine() {
    logger("a.B", Map.of()).info("evil\n2026 ERROR Forged: x\r\u001b[2J");
    assertThat(lines()).hasLineCount(1).doesNotContain("\r").doesNotContain("\u001b");
  }

  @Test
  void aHugeMessageIsCut() {
    logger("a.B", Map.of()).info("y".repeat(100_000));
    assertThat(lines()).hasSizeLessThan(17_000).contains("(84000 more)");
  }

  @Test
  void theLevelDecidesWhatIsWritten() {
    Logger log = logger("a.B", Map.of("LOG_LEVEL", "warn"));
    log.info("no");
    log.warn("yes");
    assertThat(lines()).contains("yes").doesNotContain("no");
    assertThat(log.isDebugEnabled()).isFalse();
  }

  @Test
  void jettyIsHeardFromWarningsOn() {
    Logger log = logger("org.eclipse.jetty.server.Server", Map.of("LOG_LEVEL", "trace"));
    log.info("started");
    assertThat(lines()).isEmpty();
    log.warn("trouble");
    assertThat(lines()).contains("trouble");
  }

  @Test
  void loggingCanBeSwitchedOff() {
    logger("a.B", Map.of("LOG_ENABLED", "false")).error("no");
    assertThat(lines()).isEmpty();
  }

  private Logger logger(String name, Map<String, String> env) {
    PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    return new LogProvider(LogSettings.from(env), InstantSource.fixed(NOW), out)
        .getLoggerFactory()
        .getLogger(name);
  }

  private String lines() {
    return written.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}

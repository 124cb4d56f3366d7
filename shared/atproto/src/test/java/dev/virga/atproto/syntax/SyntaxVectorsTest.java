package dev.virga.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SyntaxVectorsTest {
  private static final Map<String, Function<String, Object>> PARSERS =
      Map.of(
          "atidentifier", AtIdentifier::parse,
          "aturi", AtUri::parse,
          "cid", CidText::parse,
          "did", Did::parse,
          "handle", Handle::parse,
          "language", LanguageTag::parse,
          "nsid", Nsid::parse,
          "recordkey", RecordKey::parse,
          "tid", Tid::parse,
          "uri", UriText::parse);

  @TestFactory
  Stream<DynamicTest> acceptsEveryValidLine() {
    return PARSERS.entrySet().stream()
        .flatMap(type -> accepts(type.getKey() + "_syntax_valid", type.getValue()));
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryInvalidLine() {
    return PARSERS.entrySet().stream()
        .flatMap(type -> refuses(type.getKey() + "_syntax_invalid", type.getValue()));
  }

  @TestFactory
  Stream<DynamicTest> acceptsEveryValidDatetime() {
    return accepts("datetime_syntax_valid", Datetime::parse);
  }

  @TestFactory
  Stream<DynamicTest> refusesEveryInvalidDatetime() {
    return Stream.of("datetime_syntax_invalid", "datetime_parse_invalid")
        .flatMap(file -> refuses(file, Datetime::parse));
  }

  @TestFactory
  Stream<DynamicTest> refusesLanguageTagsThatRepeatThemselves() {
    return refuses("language_parse_invalid", LanguageTag::parse);
  }

  private static Stream<DynamicTest> accepts(String file, Function<String, Object> parse) {
    return lines(file)
        .map(
            line ->
                DynamicTest.dynamicTest(
                    name(file, line),
                    () -> {
                      Object parsed = parse.apply(line);
                      assertThat(parsed.toString()).isEqualToIgnoringCase(line);
                      assertThat(parse.apply(parsed.toString())).isEqualTo(parsed);
                    }));
  }

  private static Stream<DynamicTest> refuses(String file, Function<String, Object> parse) {
    return lines(file)
        .map(
            line ->
                DynamicTest.dynamicTest(
                    name(file, line),
                    () ->
                        assertThatThrownBy(() -> parse.apply(line))
                            .isInstanceOf(SyntaxException.class)));
  }

  private static String name(String file, String line) {
    return file + ": " + line.substring(0, Math.min(60, line.length()));
  }

  private static Stream<String> lines(String file) {
    String path = "/interop/syntax/" + file + ".txt";
    try (InputStream in = SyntaxVectorsTest.class.getResourceAsStream(path)) {
      String text =
          new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
      List<String> lines =
          text.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
      assertThat(lines).as(path).isNotEmpty();
      return lines.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> saysIsValidExactlyWhenItParses() {
    Map<String, Function<String, Boolean>> checks =
        Map.of(
            "aturi", AtUri::isValid,
            "cid", CidText::isValid,
            "did", Did::isValid,
            "handle", Handle::isValid,
            "language", LanguageTag::isValid,
            "nsid", Nsid::isValid,
            "recordkey", RecordKey::isValid,
            "tid", Tid::isValid,
            "uri", UriText::isValid,
            "datetime", Datetime::isValid);
    return checks.entrySet().stream()
        .map(
            type ->
                DynamicTest.dynamicTest(
                    type.getKey(),
                    () -> {
                      String prefix = type.getKey() + "_syntax_";
                      assertThatCode(
                              () -> {
                                assertThat(lines(prefix + "valid"))
                                    .allMatch(type.getValue()::apply);
                                assertThat(lines(prefix + "invalid"))
                                    .noneMatch(type.getValue()::apply);
                              })
                          .doesNotThrowAnyException();
                    }));
  }
}

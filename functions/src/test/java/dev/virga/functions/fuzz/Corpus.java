package dev.virga.functions.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The inputs that are kept for each target: small valid ones, hostile ones, and finds. */
final class Corpus {
  private Corpus() {}

  /** Where the sources have the inputs of one target. */
  static Path folder(FuzzTarget target) {
    return Path.of(System.getProperty("virga.root"))
        .resolve("functions/src/test/resources/fuzz")
        .resolve(target.folder());
  }

  /** Inputs by file name. */
  static SortedMap<String, byte[]> of(FuzzTarget target) throws IOException {
    SortedMap<String, byte[]> inputs = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder(target))) {
      for (Path file : files.toList()) {
        inputs.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return inputs;
  }
}

package dev.virga.functions.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replays the corpus of every {@link FuzzTarget}, and damaged copies of it. */
class FuzzCorpusTest {
  private static final long SEED = 20_260_101;
  private static final int MUTATIONS = 2_000;

  @ParameterizedTest
  @EnumSource
  void readersStandTheCorpus(FuzzTarget target) throws Exception {
    SortedMap<String, byte[]> corpus = Corpus.of(target);

    assertThat(corpus).hasSizeGreaterThanOrEqualTo(3);
    corpus.forEach((name, input) -> run(target, input, name));
  }

  @ParameterizedTest
  @EnumSource
  void readersStandDamagedCopiesOfTheCorpus(FuzzTarget target) throws Exception {
    List<byte[]> corpus = List.copyOf(Corpus.of(target).values());
    Mutations mutations = new Mutations(SEED, corpus);

    for (int i = 0; i < MUTATIONS; i++) {
      run(target, mutations.of(corpus.get(i % corpus.size())), "seed " + SEED + ", #" + i);
    }
  }

  private static void run(FuzzTarget target, byte[] input, String origin) {
    try {
      target.accept(input);
    } catch (RuntimeException | Error e) {
      String base64 = Base64.getEncoder().encodeToString(input);
      throw new AssertionError(target + " falls to " + origin + ": " + base64, e);
    }
  }
}

package dev.virga.functions.fuzz;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What is fuzzed: each target is a reader of outside data, given any bytes, that fails only by an
 * {@link AssertionError} or by an exception its reader does not document.
 *
 * <p>Its corpus are the files of {@code src/test/resources/fuzz/<name>}.
 */
enum FuzzTarget {
  DAG_CBOR(DataTargets::dagCbor),
  CAR(DataTargets::car),
  JSON(DataTargets::json),
  MST(RepoTargets::mst),
  COMMIT(RepoTargets::commit),
  DID_KEY(IdentityTargets::didKey),
  DID_DOCUMENT(IdentityTargets::didDocument),
  JWT(IdentityTargets::jwt),
  LEXICON(LexiconTargets::document),
  RECORD(LexiconTargets::record),
  QUERY(LexiconTargets::query);

  /** Larger inputs are ignored: what is found in them is found in smaller ones, and sooner. */
  static final int MAX_BYTES = 64 * 1024;

  @SuppressWarnings("ImmutableEnumChecker") // The readers are static methods.
  private final Consumer<byte[]> reader;

  FuzzTarget(Consumer<byte[]> reader) {
    this.reader = reader;
  }

  void accept(byte[] input) {
    if (input.length <= MAX_BYTES) {
      reader.accept(input);
    }
  }

  /** Its folder and the name it is chosen by. */
  String folder() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static FuzzTarget of(String folder) {
    return Arrays.stream(values())
        .filter(target -> target.folder().equals(folder))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no target " + folder));
  }
}

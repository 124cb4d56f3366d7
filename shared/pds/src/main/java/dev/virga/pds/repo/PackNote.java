package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Objects;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is stored with a pack beside its blocks, so that the packs of a repository can be put into
 * their order, and those that never became current told from the others, without the Index.
 *
 * @param since the revision that the pack's commit follows; null for the first and for a full one
 * @param prevData the root of the tree that it follows; null likewise
 * @param drops how many records the commit replaced or deleted, whose bytes are in earlier packs
 * @param joined whether the commit was decided on together with the one that it follows, which
 *     therefore never was the current one, or both were
 */
public record PackNote(
    Kind kind, @Nullable Tid since, @Nullable Cid prevData, long drops, boolean joined) {
  /** What a pack holds. */
  public enum Kind {
    /** The blocks of one commit's event. */
    COMMIT("commit"),
    /** A whole repository that was moved in, in one commit that follows another. */
    IMPORT("import"),
    /** A whole repository as of a commit that is known to have been current. */
    FULL("full");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    private static Kind fromText(String text) {
      for (Kind kind : values()) {
        if (kind.text.equals(text)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("a pack is of unknown kind: " + text);
    }
  }

  private static final String KIND = "kind";
  private static final String SINCE = "since";
  private static final String PREV_DATA = "prev-data";
  private static final String DROPS = "drops";
  private static final String JOINED = "joined";

  public static final PackNote FULL = new PackNote(Kind.FULL, null, null, 0, false);

  /** Of a commit or an import on top of a head, null for a repository's first commit. */
  static PackNote following(Kind kind, @Nullable Head before, long drops) {
    return before == null
        ? new PackNote(kind, null, null, 0, false)
        : new PackNote(kind, before.rev(), before.root(), drops, false);
  }

  /** The same of a commit that was decided on together with the one before. */
  PackNote asJoined() {
    return new PackNote(kind, since, prevData, drops, true);
  }

  /** Whether the pack holds all blocks of its commit's tree. */
  public boolean isWhole() {
    return kind != Kind.COMMIT || since == null;
  }

  public Objects.Metadata toMetadata() {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(KIND, kind.text);
    if (since != null && prevData != null) {
      entries.put(SINCE, since.toString());
      entries.put(PREV_DATA, prevData.toString());
    }
    if (drops > 0) {
      entries.put(DROPS, Long.toString(drops));
    }
    if (joined) {
      entries.put(JOINED, "true");
    }
    return new Objects.Metadata(entries);
  }

  /** The note of a pack; empty if it is damaged. */
  public static Optional<PackNote> from(Objects.Metadata metadata) {
    Map<String, String> entries = metadata.entries();
    String since = entries.get(SINCE);
    String prevData = entries.get(PREV_DATA);
    if ((since == null) != (prevData == null)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PackNote(
              Kind.fromText(entries.getOrDefault(KIND, "")),
              since == null ? null : Tid.parse(since),
              prevData == null ? null : Cid.parse(prevData),
              Long.parseLong(entries.getOrDefault(DROPS, "0")),
              entries.containsKey(JOINED)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

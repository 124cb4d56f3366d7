package dev.virga.atproto.lexicon;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts user-perceived characters: extended grapheme clusters of Unicode Annex 29, as the running
 * Java knows them. Part of {@link StringSchema}.
 */
final class Graphemes {
  private static final Pattern CLUSTER = Pattern.compile("\\X");

  /** Combining marks, joiners and everything else that clusters start here; but for CR LF. */
  private static final char FIRST_COMBINING = '\u0300';

  private Graphemes() {}

  static long count(String text) {
    if (isSimple(text)) {
      return text.length();
    }
    Matcher clusters = CLUSTER.matcher(text);
    long count = 0;
    while (clusters.find()) {
      count++;
    }
    return count;
  }

  private static boolean isSimple(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= FIRST_COMBINING || c == '\r') {
        return false;
      }
    }
    return true;
  }
}

package dev.virga.pds.account;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds the few words that nobody should have to read in a handle or a record key, also when
 * written with digits, dots, dashes and underscores.
 */
public final class SlurFilter {
  private final List<Pattern> patterns;

  private SlurFilter(List<Pattern> patterns) {
    this.patterns = patterns;
  }

  public static SlurFilter bundled() {
    return new SlurFilter(
        WordList.load("slurs.txt").stream().map(SlurFilter::rot13).map(Pattern::compile).toList());
  }

  public boolean matches(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    String joined = lower.replaceAll("[._-]", "");
    return patterns.stream().anyMatch(p -> p.matcher(lower).find() || p.matcher(joined).find());
  }

  /** The list is kept unreadable, out of courtesy to whoever opens the file. */
  private static String rot13(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'a' && c <= 'z') {
        out.append((char) ('a' + (c - 'a' + 13) % 26));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}

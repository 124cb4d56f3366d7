package dev.virga.atproto.syntax;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * A BCP 47 language tag, kept letter for letter.
 *
 * <p>The primary subtag must be 2 or 3 lower-case letters, {@code i} or {@code x}; what follows is
 * subtags of 1 to 8 letters and digits in any order, but no variant and no extension singleton may
 * come twice. Source: atproto.com/specs/lexicon, "language"; RFC 5646, 2.2.9.
 */
public record LanguageTag(String text) {
  private static final int MAX_LENGTH = 128;

  public LanguageTag {
    if (!isValid(text)) {
      throw new SyntaxException("not a language tag");
    }
  }

  /**
   * Reads a language tag.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static LanguageTag parse(String text) {
    return new LanguageTag(text);
  }

  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    String[] subtags = text.split("-", -1);
    if (!isPrimary(subtags)) {
      return false;
    }
    for (int i = 1; i < subtags.length; i++) {
      if (!isSubtag(subtags[i])) {
        return false;
      }
    }
    return !repeats(subtags);
  }

  private static boolean isPrimary(String[] subtags) {
    String primary = subtags[0];
    if (primary.equalsIgnoreCase("x") || primary.equals("i")) {
      return subtags.length > 1;
    }
    return (primary.length() == 2 || primary.length() == 3)
        && primary.chars().allMatch(c -> Ascii.isLower((char) c));
  }

  private static boolean isSubtag(String subtag) {
    return !subtag.isEmpty()
        && subtag.length() <= 8
        && subtag.chars().allMatch(c -> Ascii.isAlphanumeric((char) c));
  }

  private static boolean repeats(String[] subtags) {
    if (subtags[0].equalsIgnoreCase("x")) {
      return false;
    }
    Set<String> variants = new HashSet<>();
    Set<String> singletons = new HashSet<>();
    for (int i = 1; i < subtags.length; i++) {
      String subtag = subtags[i].toLowerCase(Locale.ROOT);
      if (subtag.equals("x")) {
        return false;
      }
      if (subtag.length() == 1 ? !singletons.add(subtag) : isRepeat(subtag, variants, singletons)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRepeat(String subtag, Set<String> variants, Set<String> singletons) {
    boolean isVariant =
        singletons.isEmpty()
            && (subtag.length() > 4 || (subtag.length() == 4 && Ascii.isDigit(subtag.charAt(0))));
    return isVariant && !variants.add(subtag);
  }

  @Override
  public String toString() {
    return text;
  }
}

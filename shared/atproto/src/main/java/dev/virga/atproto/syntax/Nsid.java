package dev.virga.atproto.syntax;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A namespaced identifier, the name of a lexicon, method or collection: {@code
 * com.atproto.repo.createRecord}. Kept letter for letter.
 *
 * <p>Source: atproto.com/specs/nsid.
 */
public record Nsid(String text) {
  private static final int MAX_LENGTH = 317;
  private static final int MAX_NAME_LENGTH = 63;

  public Nsid {
    if (!isValid(text)) {
      throw new SyntaxException("not an NSID");
    }
  }

  /**
   * Reads an NSID without a fragment.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static Nsid parse(String text) {
    return new Nsid(text);
  }

  public static boolean isValid(String text) {
    int nameDot = text.lastIndexOf('.');
    if (text.length() > MAX_LENGTH || nameDot < 0) {
      return false;
    }
    int labels = 0;
    for (int from = 0; from <= nameDot; labels++) {
      int dot = text.indexOf('.', from);
      if (!Ascii.isLabel(text, from, dot)) {
        return false;
      }
      from = dot + 1;
    }
    return labels >= 2 && Ascii.isLetter(text.charAt(0)) && isName(text, nameDot + 1);
  }

  private static boolean isName(String text, int from) {
    int length = text.length() - from;
    if (length < 1 || length > MAX_NAME_LENGTH || !Ascii.isLetter(text.charAt(from))) {
      return false;
    }
    for (int i = from; i < text.length(); i++) {
      if (!Ascii.isAlphanumeric(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The domain that controls it, in DNS order: {@code repo.atproto.com}, in lower case. */
  public String authority() {
    List<String> labels = Arrays.asList(group().split("\\."));
    Collections.reverse(labels);
    return Ascii.lower(String.join(".", labels));
  }

  /** All but the name: {@code com.atproto.repo}. */
  public String group() {
    return text.substring(0, text.lastIndexOf('.'));
  }

  /** The last segment: {@code createRecord}. */
  public String name() {
    return text.substring(text.lastIndexOf('.') + 1);
  }

  @Override
  public String toString() {
    return text;
  }
}

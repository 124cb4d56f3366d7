package dev.virga.atproto.lexicon;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A named bundle of permissions that an OAuth client may ask for as one.
 *
 * @param titles by language tag in lower case; under the empty tag, the one for everybody
 * @param details longer explanations, likewise
 */
public record PermissionSet(
    Map<String, String> titles, Map<String, String> details, List<Permission> permissions)
    implements Definition {

  public PermissionSet {
    titles = Map.copyOf(titles);
    details = Map.copyOf(details);
    permissions = List.copyOf(permissions);
  }

  /** The title in a language, given as its tag, else the one for everybody. */
  public Optional<String> title(String language) {
    return pick(titles, language);
  }

  /** The explanation in a language, given as its tag, else the one for everybody. */
  public Optional<String> detail(String language) {
    return pick(details, language);
  }

  private static Optional<String> pick(Map<String, String> texts, String language) {
    String tag = language.toLowerCase(Locale.ROOT);
    String text = texts.get(tag);
    int hyphen = tag.indexOf('-');
    if (text == null && hyphen > 0) {
      text = texts.get(tag.substring(0, hyphen));
    }
    return Optional.ofNullable(text != null ? text : texts.get(""));
  }
}

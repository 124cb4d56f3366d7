package dev.virga.pds.mail;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Text into HTML, and HTML into text for readers that show no other. */
public final class Html {
  private static final Set<String> INVISIBLE = Set.of("head", "style", "script", "title");
  private static final Set<String> BLOCKS =
      Set.of("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote");
  private static final Map<String, String> ENTITIES =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "#39", "'", "nbsp", " ");
  private static final int LONGEST_ENTITY = 6;

  private Html() {}

  /** Text for anywhere between tags or inside a quoted attribute. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** Whether somebody meant this as HTML: it has a tag. */
  static boolean isIn(String text) {
    int last = text.lastIndexOf('>');
    for (int at = text.indexOf('<'); at >= 0 && at < last; at = text.indexOf('<', at + 1)) {
      if (!tagName(text, at).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** What a reader of HTML would see, in lines; links keep their targets. In time linear. */
  static String toText(String html) {
    return new Reading(html).text();
  }

  /** The name of the tag that begins at a position, with a slash if it closes; else empty. */
  private static String tagName(String html, int at) {
    int start = at + 1;
    int end = start < html.length() && html.charAt(start) == '/' ? start + 1 : start;
    int name = end;
    while (end < html.length() && Character.isLetterOrDigit(html.charAt(end))) {
      end++;
    }
    boolean named = end > name && Character.isLetter(html.charAt(name));
    return named ? html.substring(start, end).toLowerCase(Locale.ROOT) : "";
  }

  /** One pass over a document. */
  private static final class Reading {
    private final String html;
    private final int lastTagEnd;
    private final int lastCommentEnd;
    private final StringBuilder out = new StringBuilder();
    private String link = "";
    private int at;

    Reading(String html) {
      this.html = html;
      this.lastTagEnd =
          html.lastIndexOf('>'); // so that none is looked for in vain, again and again
      this.lastCommentEnd = html.lastIndexOf("-->");
    }

    String text() {
      while (at < html.length()) {
        char c = html.charAt(at);
        if (c == '<') {
          tag();
        } else if (c == '&') {
          entity();
        } else {
          at++;
          character(c);
        }
      }
      return out.toString().strip();
    }

    private void character(char c) {
      if (!Character.isWhitespace(c)) {
        out.append(c);
      } else if (!endsWithBlank()) {
        out.append(' ');
      }
    }

    private boolean endsWithBlank() {
      return out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
    }

    private void entity() {
      int end = html.indexOf(';', at, Math.min(html.length(), at + LONGEST_ENTITY + 2));
      String known = end < 0 ? null : ENTITIES.get(html.substring(at + 1, end));
      out.append(known == null ? "&" : known);
      at = known == null ? at + 1 : end + 1;
    }

    private void tag() {
      String name = tagName(html, at);
      boolean comment = html.startsWith("<!--", at);
      int end = end(comment);
      if (end < 0 || (name.isEmpty() && !comment && !html.startsWith("<!", at))) {
        out.append('<');
        at++;
        return;
      }
      String tag = html.substring(at, end);
      at = end + (comment ? 3 : 1);
      if (INVISIBLE.contains(name)) {
        skipTo("</" + name);
      } else if (name.equals("a")) {
        link = target(tag);
      } else if (name.equals("/a")) {
        out.append(link.isEmpty() ? "" : " (" + link + ")");
        link = "";
      } else {
        lines(name);
      }
    }

    private int end(boolean comment) {
      if (comment) {
        return at < lastCommentEnd ? html.indexOf("-->", at) : -1;
      }
      return at < lastTagEnd ? html.indexOf('>', at) : -1;
    }

    private void lines(String name) {
      String plain = name.startsWith("/") ? name.substring(1) : name;
      if (plain.equals("br")) {
        out.append(out.isEmpty() ? "" : "\n");
      } else if (name.equals("li")) {
        newLines(1);
        out.append("- ");
      } else if (plain.equals("tr")) {
        newLines(1);
      } else if (BLOCKS.contains(plain)) {
        newLines(2);
      }
    }

    /** Ends the line, and the paragraph for two. */
    private void newLines(int wanted) {
      while (!out.isEmpty() && out.charAt(out.length() - 1) == ' ') {
        out.setLength(out.length() - 1);
      }
      if (out.isEmpty()) {
        return;
      }
      int there = 0;
      while (there < wanted
          && there < out.length()
          && out.charAt(out.length() - 1 - there) == '\n') {
        there++;
      }
      out.append("\n".repeat(wanted - there));
    }

    private void skipTo(String close) {
      for (int i = at; i <= html.length() - close.length(); i++) {
        if (html.regionMatches(true, i, close, 0, close.length())) {
          int end = html.indexOf('>', i);
          at = end < 0 ? html.length() : end + 1;
          return;
        }
      }
      at = html.length();
    }

    private static String target(String tag) {
      int href = tag.toLowerCase(Locale.ROOT).indexOf("href=");
      if (href < 0 || href + 6 > tag.length()) {
        return "";
      }
      char quote = tag.charAt(href + 5);
      boolean quoted = quote == '"' || quote == '\'';
      int start = quoted ? href + 6 : href + 5;
      int end = tag.indexOf(quoted ? quote : ' ', start);
      return tag.substring(start, end < 0 ? tag.length() : end).replace("&amp;", "&");
    }
  }
}

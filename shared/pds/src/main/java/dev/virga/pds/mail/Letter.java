package dev.virga.pds.mail;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a mail says, of which both its plain text and its HTML are made, a part of {@link Letters}.
 *
 * @param heading the first line
 * @param footer who writes
 */
record Letter(String heading, List<Part> parts, String footer) {
  /** A piece of a letter. */
  sealed interface Part {
    /** Sentences. */
    record Paragraph(String text) implements Part {}

    /** Something to copy. */
    record Code(String code) implements Part {}

    /** Somewhere to go. */
    record Link(String label, URI target) implements Part {}
  }

  private static final String BODY_STYLE =
      "margin:0;padding:24px;background:#f4f6f8;color:#1c2733;"
          + "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
  private static final String SHEET_STYLE =
      "max-width:520px;margin:0 auto;padding:32px;background:#fff;border-radius:12px";
  private static final String CODE_STYLE =
      "margin:24px 0;padding:16px;background:#eef2f6;border-radius:8px;text-align:center;"
          + "font:700 22px ui-monospace,Menlo,Consolas,monospace;letter-spacing:2px";
  private static final String FOOTER_STYLE = "margin:32px 0 0;color:#66778a;font-size:13px";

  String text() {
    return heading
        + "\n\n"
        + parts.stream().map(Letter::text).collect(Collectors.joining("\n\n"))
        + "\n\n-- \n"
        + footer
        + "\n";
  }

  private static String text(Part part) {
    return switch (part) {
      case Part.Paragraph(String text) -> text;
      case Part.Code(String code) -> "    " + code;
      case Part.Link(String label, URI target) -> label + ":\n" + target;
    };
  }

  String html() {
    return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>%s</title></head>
    <body style="%s"><div style="%s">
    <h1 style="margin:0 0 16px;font-size:22px">%s</h1>
    %s
    <p style="%s">%s</p>
    </div></body></html>
    """
        .formatted(
            Html.escape(heading),
            Html.escape(BODY_STYLE),
            SHEET_STYLE,
            Html.escape(heading),
            parts.stream().map(Letter::html).collect(Collectors.joining("\n")),
            FOOTER_STYLE,
            Html.escape(footer));
  }

  private static String html(Part part) {
    return switch (part) {
      case Part.Paragraph(String text) ->
          "<p>" + Html.escape(text).replace("\n", "<br>\n") + "</p>";
      case Part.Code(String code) ->
          "<p style=\"%s\">%s</p>".formatted(CODE_STYLE, Html.escape(code));
      case Part.Link(String label, URI target) ->
          "<p><a href=\"%s\">%s</a></p>"
              .formatted(Html.escape(target.toString()), Html.escape(label));
    };
  }
}

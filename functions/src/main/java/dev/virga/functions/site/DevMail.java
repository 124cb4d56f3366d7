package dev.virga.functions.site;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.QueryString;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.mail.DevMailbox;
import dev.virga.pds.mail.Html;
import dev.virga.pds.mail.Mail;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The mails of a laptop, for its owner to read: {@code /dev/mail}, and {@code /dev/mail.json} for
 * tests. Never served beside an SMTP server, nor outside development mode.
 *
 * <p>Mails hold tokens, so pages of other origins must not read them, nor may a name that was made
 * to point here: cross-origin leave is given to ourselves only, and only local names are answered.
 */
public final class DevMail {
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String STYLE =
      """
      body{margin:2rem auto;max-width:48rem;padding:0 1rem;color:#1c2733;background:#f4f6f8;
      font:16px/1.5 system-ui,sans-serif}
      table{width:100%;border-collapse:collapse;background:#fff;border-radius:8px}
      td,th{padding:.5rem .75rem;text-align:left;border-bottom:1px solid #e4e9ee}
      pre,iframe{width:100%;box-sizing:border-box;padding:1rem;background:#fff;border:0;
      border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
      iframe{height:36rem}
      """;

  private final DevMailbox mailbox;
  private final PdsConfig.Service service;

  public DevMail(DevMailbox mailbox, PdsConfig.Service service) {
    this.mailbox = mailbox;
    this.service = service;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/dev/mail", request -> guarded(request, list(request))),
        Route.get("/dev/mail.json", request -> guarded(request, json(request))),
        Route.get("/dev/mail/*", request -> guarded(request, one(request))));
  }

  private HttpResponse guarded(HttpRequest request, HttpResponse response) {
    String host = request.host();
    HttpResponse answer =
        LOCAL.contains(host) || host.equals(service.hostname()) ? response : notFound();
    return answer.withHeaders(
        Map.of(
            "Access-Control-Allow-Origin", service.publicUrl().toString(),
            "Cache-Control", "no-store",
            "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
                    + " frame-ancestors 'self'",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff"));
  }

  private List<DevMailbox.Delivered> asked(HttpRequest request) {
    List<String> to = QueryString.parse(request.rawQuery()).getOrDefault("to", List.of());
    return to.isEmpty() ? mailbox.all() : mailbox.to(to.getFirst());
  }

  private HttpResponse list(HttpRequest request) {
    List<DevMailbox.Delivered> mails = asked(request);
    String rows = mails.stream().map(DevMail::row).collect(Collectors.joining());
    return page(
        "Mails",
        mails.isEmpty()
            ? "<p>No mail yet. What this server would send shows up here.</p>"
            : "<table><tr><th>When</th><th>To</th><th>Subject</th></tr>" + rows + "</table>");
  }

  private static String row(DevMailbox.Delivered delivered) {
    return "<tr><td>%s</td><td>%s</td><td><a href=\"/dev/mail/%d\">%s</a></td></tr>\n"
        .formatted(
            delivered.time(),
            Html.escape(delivered.mail().to()),
            delivered.id(),
            Html.escape(delivered.mail().subject()));
  }

  private HttpResponse one(HttpRequest request) {
    return id(request.path().substring("/dev/mail/".length()))
        .flatMap(mailbox::find)
        .map(DevMail::one)
        .orElseGet(DevMail::notFound);
  }

  private static Optional<Long> id(String text) {
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /** The mail's own HTML stays in a frame that runs nothing and belongs to no origin. */
  private static HttpResponse one(DevMailbox.Delivered delivered) {
    Mail mail = delivered.mail();
    return page(
        mail.subject(),
        """
        <p><a href="/dev/mail">All mails</a></p>
        <p>To %s, %s, %s</p>
        <pre>%s</pre>
        <iframe sandbox title="The mail as HTML" srcdoc="%s"></iframe>
        """
            .formatted(
                Html.escape(mail.to()),
                delivered.time(),
                Html.escape(mail.purpose().text()),
                Html.escape(mail.text()),
                Html.escape(mail.html())));
  }

  private static HttpResponse page(String title, String body) {
    String html =
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>%1$s</title><style>%2$s</style></head>
        <body><h1>%1$s</h1>
        %3$s
        </body></html>
        """
            .formatted(Html.escape(title), STYLE, body);
    return HttpResponse.bytes("text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse notFound() {
    return HttpResponse.text(404, "Not Found");
  }

  private HttpResponse json(HttpRequest request) {
    List<Value> mails = asked(request).stream().map(DevMail::value).toList();
    return HttpResponse.json(new Value.Obj(Map.of("mails", new Value.Array(mails))));
  }

  private static Value value(DevMailbox.Delivered delivered) {
    Mail mail = delivered.mail();
    return new Value.Obj(
        Map.of(
            "id", new Value.Int(delivered.id()),
            "time", Value.of(delivered.time().toString()),
            "to", Value.of(mail.to()),
            "subject", Value.of(mail.subject()),
            "purpose", Value.of(mail.purpose().text()),
            "text", Value.of(mail.text()),
            "html", Value.of(mail.html())));
  }
}

package dev.virga.host.http;

import dev.virga.functions.http.Compression;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.http.RequestPath;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.ErrorAnswers;
import dev.virga.pds.store.StoreException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns Jetty's requests into ours and our answers into Jetty's: the way from wire to {@link Site}.
 */
final class HttpAdapter extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(HttpAdapter.class);

  /** Gathers a streamed answer's small writes into few packets and chunks. */
  private static final int STREAM_BUFFER = 64 * 1024;

  /**
   * How much of a body that was refused is still read, so that the client gets to see the answer
   * and may keep its connection; who sends more is cut off.
   */
  private static final long MAX_DRAINED = 64L * 1024 * 1024;

  private static final HttpResponse BAD_PATH =
      ErrorAnswers.json(400, "InvalidRequest", "Malformed percent encoding in the path")
          .withHeader("Access-Control-Allow-Origin", "*");

  private final Site site;

  HttpAdapter(Site site) {
    this.site = site;
  }

  @Override
  public boolean handle(Request jetty, Response out, Callback callback) {
    Optional<String> path = RequestPath.decode(jetty.getHttpURI().getPath());
    HttpRequest request = request(jetty, path.orElse("/"));
    HttpResponse response =
        path.isPresent() ? Compression.apply(request, site.answer(request)) : BAD_PATH;
    try {
      send(request, response, out);
      if (hasBody(request) && request.header("expect").isEmpty()) { // else nothing may ever come
        drain(request.body());
      }
      callback.succeeded();
    } catch (IOException | RuntimeException e) {
      failed(request, out, callback, e);
    }
    return true;
  }

  private static HttpRequest request(Request jetty, String path) {
    Map<String, List<String>> headers = new HashMap<>();
    for (HttpField field : jetty.getHeaders()) {
      String value = field.getValue() == null ? "" : field.getValue();
      headers.computeIfAbsent(field.getLowerCaseName(), name -> new ArrayList<>(1)).add(value);
    }
    String query = jetty.getHttpURI().getQuery();
    return new HttpRequest(
        jetty.getMethod().toUpperCase(Locale.ROOT),
        path,
        query == null ? "" : query,
        headers,
        Content.Source.asInputStream(jetty),
        TrustedProxies.caller(
            Request.getRemoteAddr(jetty), headers.getOrDefault("x-forwarded-for", List.of())));
  }

  private static void send(HttpRequest request, HttpResponse response, Response out)
      throws IOException {
    out.setStatus(response.status());
    response.headers().forEach((name, value) -> out.getHeaders().put(name, value));
    if (response.contentType() != null) {
      out.getHeaders().put(HttpHeader.CONTENT_TYPE, response.contentType());
    }
    boolean head = request.method().equals("HEAD");
    switch (response.body()) {
      case HttpResponse.Body.Bytes(byte[] content) -> {
        if (response.status() != 204) {
          out.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
        }
        Content.Sink.write(out, true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(content));
      }
      case HttpResponse.Body.Stream(long length, HttpResponse.Writer writer, var _) -> {
        if (length >= 0) {
          out.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        }
        if (head) {
          Content.Sink.write(out, true, ByteBuffer.allocate(0));
        } else {
          stream(writer, out);
        }
      }
    }
  }

  /** Only a writer that got to its end ends the answer; else the connection is to break off. */
  private static void stream(HttpResponse.Writer writer, Response out) throws IOException {
    OutputStream buffered =
        new BufferedOutputStream(Content.Sink.asOutputStream(out), STREAM_BUFFER);
    writer.writeTo(buffered);
    buffered.close();
  }

  private static boolean hasBody(HttpRequest request) {
    return request.header("content-length").isPresent()
        || request.header("transfer-encoding").isPresent();
  }

  private static void drain(InputStream body) throws IOException {
    long left = MAX_DRAINED;
    while (left > 0) {
      long skipped = body.skip(left);
      if (skipped <= 0) {
        return;
      }
      left -= skipped;
    }
  }

  private static void failed(HttpRequest request, Response out, Callback callback, Exception e) {
    String what = request.method() + " " + request.path();
    if (out.isCommitted()) {
      if (e instanceof StoreException || e.getCause() instanceof StoreException) {
        LOG.warn("{} broke off", what, e); // the client may have ended the others
      } else {
        LOG.debug("{} broke off", what, e);
      }
      callback.failed(e);
      return;
    }
    // a stream that failed before its first byte left: there is still time for a proper error
    HttpResponse answer = ErrorAnswers.of(e, what);
    out.reset();
    out.setStatus(answer.status());
    answer.headers().forEach((name, value) -> out.getHeaders().put(name, value));
    out.getHeaders().put("Access-Control-Allow-Origin", "*");
    out.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
    byte[] content =
        answer.body() instanceof HttpResponse.Body.Bytes(byte[] bytes)
            ? bytes
            : "{}".getBytes(StandardCharsets.UTF_8);
    out.write(true, ByteBuffer.wrap(content), callback);
  }
}

package dev.virga.functions.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses the answers for which it pays, when the client can read them. */
public final class Compression {
  /** Below this many bytes a smaller answer saves no packet. */
  private static final int WORTHWHILE = 1024;

  private static final int BUFFER = 8 * 1024;

  private Compression() {}

  /** The answer, gzipped if that is wanted and worthwhile. */
  public static HttpResponse apply(HttpRequest request, HttpResponse response) {
    if (!compressible(response)) {
      return response;
    }
    HttpResponse varying = varying(response);
    if (request.method().equals("HEAD") || !accepted(request)) {
      return varying;
    }
    HttpResponse.Body body =
        switch (response.body()) {
          case HttpResponse.Body.Bytes(byte[] content) ->
              new HttpResponse.Body.Bytes(gzip(content));
          case HttpResponse.Body.Stream(long _, HttpResponse.Writer writer, var _) ->
              new HttpResponse.Body.Stream(-1, out -> gzip(writer, out), null);
        };
    HttpResponse encoded = varying.withHeader("Content-Encoding", "gzip");
    return new HttpResponse(encoded.status(), encoded.contentType(), encoded.headers(), body);
  }

  private static boolean compressible(HttpResponse response) {
    String type = response.contentType() == null ? "" : response.contentType();
    boolean text =
        type.startsWith("application/json")
            || type.startsWith("text/")
            || type.startsWith("application/vnd.ipld.car")
            || type.startsWith("application/javascript");
    boolean large =
        switch (response.body()) {
          case HttpResponse.Body.Bytes(byte[] content) -> content.length >= WORTHWHILE;
          case HttpResponse.Body.Stream(long length, var _, var _) -> length < 0;
        };
    return text && large && !has(response, "Content-Encoding");
  }

  /** As RFC 9110, section 12.5.3, except that a client which says nothing gets plain bytes. */
  private static boolean accepted(HttpRequest request) {
    for (String offer : request.header("accept-encoding").orElse("").split(",", 32)) {
      String[] parts = offer.toLowerCase(Locale.ROOT).split(";", 2);
      String coding = parts[0].strip();
      if (coding.equals("gzip") || coding.equals("*")) {
        return parts.length == 1 || !parts[1].replace(" ", "").matches("q=0(\\.0*)?");
      }
    }
    return false;
  }

  private static HttpResponse varying(HttpResponse response) {
    String vary = response.headers().get("Vary");
    return response.withHeader(
        "Vary", vary == null ? "Accept-Encoding" : vary + ", Accept-Encoding");
  }

  private static boolean has(HttpResponse response, String name) {
    Map<String, String> headers = response.headers();
    return headers.keySet().stream().anyMatch(name::equalsIgnoreCase);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 2);
    try {
      gzip(to -> to.write(content), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void gzip(HttpResponse.Writer writer, OutputStream out) throws IOException {
    try (Fast gzip = new Fast(out)) {
      writer.writeTo(gzip);
    }
  }

  /** Fastest level: answers are made once each, and half the size is most of the gain. */
  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream out) throws IOException {
      super(out, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}

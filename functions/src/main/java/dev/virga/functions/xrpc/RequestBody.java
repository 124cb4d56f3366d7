package dev.virga.functions.xrpc;

import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.XrpcException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * The body of a request, as {@link XrpcDispatcher} looks at it: whether there is one, of which
 * type, and its bytes without content encoding, up to a limit that holds for the decoded bytes.
 */
final class RequestBody {
  /** Nested encodings serve no honest purpose, but two are legal HTTP. */
  private static final int MAX_ENCODINGS = 2;

  /** Whether a body was announced. */
  enum Presence {
    MISSING,
    /** Announced, with a length of zero. */
    EMPTY,
    PRESENT
  }

  private final HttpRequest request;

  RequestBody(HttpRequest request) {
    this.request = request;
  }

  Presence presence() {
    if (request.header("transfer-encoding").isPresent()) {
      return Presence.PRESENT;
    }
    Optional<String> length = request.header("content-length");
    if (length.isEmpty()) {
      return Presence.MISSING;
    }
    return length.get().strip().equals("0") ? Presence.EMPTY : Presence.PRESENT;
  }

  /** The type without its parameters, in lower case; empty if not said. */
  String mimeType() {
    String type = request.header("content-type").orElse("");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  /** Whether a body that was announced as chunked has no byte in it. */
  boolean isReallyEmpty() throws IOException {
    return request.body().read() < 0;
  }

  /**
   * The decoded bytes.
   *
   * <p>Reading throws an XrpcException: 413 once more than the limit was decoded, 400 if what comes
   * is not in its encoding.
   *
   * @throws XrpcException 413 at once if the announced length is over the limit already; 415 for an
   *     encoding other than gzip and deflate
   */
  InputStream open(long limit) throws IOException {
    List<String> encodings = encodings();
    if (encodings.isEmpty() && announcedLength() > limit) {
      throw tooLarge(limit);
    }
    InputStream in = request.body();
    for (String encoding : encodings.reversed()) {
      in = decoding(encoding, in);
    }
    return new Limited(in, limit, !encodings.isEmpty());
  }

  byte[] readAll(long limit) throws IOException {
    try (InputStream in = open(limit)) {
      long announced = announcedLength();
      return announced >= 0 && encodings().isEmpty()
          ? in.readNBytes((int) announced) // within the limit; allocates what is needed only
          : in.readAllBytes();
    }
  }

  private long announcedLength() {
    try {
      return request.header("content-length").map(String::strip).map(Long::parseLong).orElse(-1L);
    } catch (NumberFormatException e) {
      throw XrpcException.invalidRequest("Invalid Content-Length");
    }
  }

  private List<String> encodings() {
    List<String> encodings =
        Arrays.stream(request.header("content-encoding").orElse("").split(",", -1))
            .map(encoding -> encoding.strip().toLowerCase(Locale.ROOT))
            .filter(encoding -> !encoding.isEmpty() && !encoding.equals("identity"))
            .toList();
    if (encodings.size() > MAX_ENCODINGS) {
      throw unsupported("Too many content encodings");
    }
    return encodings;
  }

  private static InputStream decoding(String encoding, InputStream in) throws IOException {
    return switch (encoding) {
      case "gzip", "x-gzip" -> new Lazy(in, GZIPInputStream::new);
      case "deflate" -> new Lazy(in, InflaterInputStream::new);
      default -> throw unsupported("Unsupported Content-Encoding: " + encoding);
    };
  }

  private static XrpcException unsupported(String message) {
    return new XrpcException(415, "UnsupportedMediaType", message);
  }

  private static XrpcException tooLarge(long limit) {
    return XrpcException.tooLarge("Request body is larger than " + limit + " bytes");
  }

  /** Makes a decoder when the first byte is wanted, since making one reads; empty stays empty. */
  private static final class Lazy extends InputStream {
    private interface Decoder {
      InputStream over(InputStream in) throws IOException;
    }

    private final PushbackInputStream encoded;
    private final Decoder decoder;
    private InputStream decoded = InputStream.nullInputStream();
    private boolean made;

    Lazy(InputStream encoded, Decoder decoder) {
      this.encoded = new PushbackInputStream(encoded);
      this.decoder = decoder;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (!made) {
        made = true;
        int first = encoded.read();
        if (first >= 0) {
          encoded.unread(first);
          decoded = decoder.over(encoded);
        }
      }
      return decoded.read(into, offset, length);
    }

    @Override
    public void close() throws IOException {
      decoded.close(); // frees the inflater's native memory
    }
  }

  /** Counts what was read; past the limit, and at broken encodings, it refuses for the wire. */
  private static final class Limited extends InputStream {
    private final InputStream in;
    private final long limit;
    private final boolean encoded;
    private long count;

    Limited(InputStream in, long limit, boolean encoded) {
      this.in = in;
      this.limit = limit;
      this.encoded = encoded;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read;
      try {
        read = in.read(into, offset, length);
      } catch (java.util.zip.ZipException | java.io.EOFException e) {
        if (encoded) {
          throw XrpcException.invalidRequest("Body is not in its Content-Encoding");
        }
        throw e;
      }
      count += Math.max(read, 0);
      if (count > limit) {
        throw tooLarge(limit);
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

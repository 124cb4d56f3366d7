package dev.virga.pds.identity;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one HTTP/1.1 answer off a connection that closes afterwards, within strict bounds; part of
 * {@link VettedFetcher}.
 *
 * <p>Source: RFC 9112 §§4–7. Knows bodies by length, chunked, and to the end of the connection.
 */
final class HttpAnswerReader {
  private static final int MAX_LINE = 8 * 1024;
  private static final int MAX_HEADERS = 100;

  /** Interim answers (1xx) before the final one. */
  private static final int MAX_INTERIM = 4;

  private final InputStream in;
  private final int maxBody;

  HttpAnswerReader(InputStream in, int maxBody) {
    this.in = new BufferedInputStream(in);
    this.maxBody = maxBody;
  }

  HttpAnswer read(boolean withoutBody) throws IOException {
    for (int i = 0; i <= MAX_INTERIM; i++) {
      int status = status(line());
      Map<String, String> headers = headers();
      if (status >= 200) {
        boolean none = withoutBody || status == 204 || status == 304;
        return new HttpAnswer(status, headers, none ? new byte[0] : body(headers));
      }
    }
    throw new FetchException("too many interim answers");
  }

  private static int status(String line) throws FetchException {
    boolean plausible =
        line.length() >= 12
            && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
            && (line.length() == 12 || line.charAt(12) == ' ');
    if (plausible) {
      int status = decimal(line.substring(9, 12));
      if (status >= 100 && status <= 599) {
        return status;
      }
    }
    throw new FetchException("answer is not HTTP/1.1");
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    int count = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        throw new FetchException("answer has a malformed header");
      }
      if (++count > MAX_HEADERS) {
        throw new FetchException("answer has too many headers");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      String earlier = headers.putIfAbsent(name, value);
      if (earlier != null && name.equals("content-length") && !earlier.equals(value)) {
        throw new FetchException("answer has two lengths");
      }
    }
    return headers;
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    String coding = headers.get("transfer-encoding");
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new FetchException("answer has an unknown transfer coding");
      }
      return chunks();
    }
    String length = headers.get("content-length");
    if (length == null) {
      return rest();
    }
    int bytes = decimal(length);
    requireFits(bytes);
    return exactly(bytes);
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = line();
      int end = line.indexOf(';');
      int size = hexadecimal((end < 0 ? line : line.substring(0, end)).strip());
      if (size == 0) {
        headers();
        return body.toByteArray();
      }
      requireFits((long) body.size() + size);
      body.write(exactly(size));
      if (!line().isEmpty()) {
        throw new FetchException("answer has a malformed chunk");
      }
    }
  }

  private byte[] rest() throws IOException {
    byte[] body = in.readNBytes(maxBody + 1);
    requireFits(body.length);
    return body;
  }

  private byte[] exactly(int bytes) throws IOException {
    byte[] body = in.readNBytes(bytes);
    if (body.length < bytes) {
      throw new FetchException("answer ends too soon");
    }
    return body;
  }

  private void requireFits(long bytes) throws FetchException {
    if (bytes > maxBody) {
      throw new FetchException("answer is larger than " + maxBody + " bytes");
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new FetchException("answer ends too soon");
      }
      if (line.size() >= MAX_LINE) {
        throw new FetchException("answer has a line that is too long");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private static int decimal(String digits) throws FetchException {
    return number(digits, 10);
  }

  private static int hexadecimal(String digits) throws FetchException {
    return number(digits, 16);
  }

  private static int number(String digits, int radix) throws FetchException {
    boolean plain = !digits.isEmpty() && digits.length() <= 10;
    for (int i = 0; plain && i < digits.length(); i++) {
      plain = Character.digit(digits.charAt(i), radix) >= 0 && digits.charAt(i) < 0x80;
    }
    try {
      if (plain) {
        return Integer.parseInt(digits, radix);
      }
    } catch (NumberFormatException e) {
      // Beyond 31 bits: as wrong as no number at all.
    }
    throw new FetchException("answer has a malformed length");
  }
}

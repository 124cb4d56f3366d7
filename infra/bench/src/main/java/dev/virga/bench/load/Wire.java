package dev.virga.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One kept connection that sends a request, reads its answer whole, and sends the next. */
final class Wire implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String host;

  /** What came back. */
  record Answer(int status, byte[] body) {
    Value.Obj json() {
      return (Value.Obj) DataJson.parse(body);
    }
  }

  Wire(URI server) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    out = socket.getOutputStream();
    host = server.getAuthority();
  }

  Answer get(String path) throws IOException {
    return demand(send("GET", path, null, null, null), path);
  }

  Answer get(String path, String token) throws IOException {
    return demand(send("GET", path, token, null, null), path);
  }

  Answer post(String path, @Nullable String token, Value body) throws IOException {
    return demand(send("POST", path, token, "application/json", DataJson.toJson(body)), path);
  }

  Answer post(String path, String token, String type, byte[] body) throws IOException {
    return demand(send("POST", path, token, type, body), path);
  }

  /** Reads an answer of any length and keeps nothing of it. */
  void drain(String path) throws IOException {
    write("GET", path, null, null, null);
    line();
    while (!line().isEmpty()) {}
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      in.skipNBytes(size);
      line();
    }
    line();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line().strip(), 16);
  }

  private static Answer demand(Answer answer, String path) throws IOException {
    if (answer.status() != 200) {
      throw new IOException(
          path + ": " + answer.status() + " " + new String(answer.body(), ISO_8859_1));
    }
    return answer;
  }

  private Answer send(
      String method,
      String path,
      @Nullable String token,
      @Nullable String type,
      byte @Nullable [] body)
      throws IOException {
    write(method, path, token, type, body);
    return answer();
  }

  private void write(
      String method,
      String path,
      @Nullable String token,
      @Nullable String type,
      byte @Nullable [] body)
      throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    if (token != null) {
      head.append("\r\nAuthorization: Bearer ").append(token);
    }
    if (body != null) {
      head.append(type == null || type.isEmpty() ? "" : "\r\nContent-Type: " + type);
      head.append("\r\nContent-Length: ").append(body.length);
    }
    byte[] start = head.append("\r\n\r\n").toString().getBytes(ISO_8859_1);
    ByteArrayOutputStream all = new ByteArrayOutputStream(start.length + BUFFER);
    all.write(start);
    if (body != null && body.length < BUFFER) {
      all.write(body);
    }
    all.writeTo(out);
    if (body != null && body.length >= BUFFER) {
      out.write(body);
    }
  }

  private Answer answer() throws IOException {
    String status = line();
    long length = -1;
    boolean chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      }
    }
    byte[] body = chunked ? chunks() : read((int) Math.max(length, 0));
    return new Answer(Integer.parseInt(status.split(" ")[1]), body);
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(BUFFER);
    int size;
    do {
      size = chunkSize();
      all.write(read(size));
      line();
    } while (size > 0);
    return all.toByteArray();
  }

  private byte[] read(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the answer broke off");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

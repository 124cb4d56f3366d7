package dev.virga.pds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // line ends matter here
class HttpAnswerReaderTest {
  private static final int LIMIT = 20;

  @Test
  void readsABodyByItsLength() throws Exception {
    HttpAnswer answer =
        read("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello, more");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-TYPE")).contains("text/plain");
    assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
  }

  @Test
  void readsChunks() throws Exception {
    HttpAnswer answer =
        read(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;name=value\r\nhello\r\nA\r\n, you all!\r\n0\r\nTrailer: x\r\n\r\n");

    assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("hello, you all!");
  }

  @Test
  void readsToTheEndOfTheConnection() throws Exception {
    assertThat(read("HTTP/1.0 404 Not Found\n\nnothing").body()).hasSize(7);
  }

  @Test
  void skipsInterimAnswers() throws Exception {
    assertThat(
            read("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
                .status())
        .isEqualTo(204);
  }

  @Test
  void anAnswerWithoutBodyHasNone() throws Exception {
    InputStream in = stream("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");

    assertThat(new HttpAnswerReader(in, LIMIT).read(true).body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n",
        "HTTP/2 200\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 99 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n123456789012345678901",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        "HTTP/1.1 200 OK\r\n\r\n123456789012345678901",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
        "HTTP/1.1 200 OK\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "15\r\n"
            + "123456789012345678901\r\n"
            + "0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
      })
  void refusesOtherThings(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(FetchException.class);
  }

  @Test
  void boundsLinesAndHeaders() {
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\nA: " + "b".repeat(9000) + "\r\n\r\n"))
        .isInstanceOf(FetchException.class);
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(101) + "\r\n"))
        .isInstanceOf(FetchException.class);
  }

  private static HttpAnswer read(String text) throws IOException {
    return new HttpAnswerReader(stream(text), LIMIT).read(false);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}

package dev.virga.aws.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/**
 * The bytes of an object as they come. Closed before its end it drops the connection: the SDK's own
 * stream would read the rest of the object first.
 */
final class Download extends FilterInputStream {
  private final ResponseInputStream<?> stream;
  private boolean ended;

  Download(ResponseInputStream<?> stream) {
    super(stream);
    this.stream = stream;
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    ended |= one < 0;
    return one;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    ended |= count < 0;
    return count;
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      stream.abort();
    }
    super.close();
  }
}

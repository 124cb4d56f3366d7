package dev.virga.host.http;

import dev.virga.atproto.sync.Frame;
import dev.virga.functions.xrpc.QueryString;
import dev.virga.pds.XrpcException;
import dev.virga.pds.sync.FrameSink;
import dev.virga.pds.sync.FrameSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber of {@code com.atproto.sync.subscribeRepos}. What the client sends is ignored.
 *
 * @param query as the request had it
 */
record FirehoseSubscriber(FrameSource source, @Nullable String query) implements Subscriber {
  @Override
  public byte opCode() {
    return OpCode.BINARY;
  }

  @Override
  public void feed(FrameSink sink) throws InterruptedException {
    source.subscribe(cursor(), sink);
  }

  private OptionalLong cursor() {
    List<String> given = QueryString.parse(query == null ? "" : query).get("cursor");
    if (given == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(given.getFirst()));
    } catch (NumberFormatException e) {
      throw XrpcException.invalidRequest(
          "Error: Params must have the property \"cursor\" as an integer");
    }
  }

  @Override
  public Optional<byte[]> farewell(String error, String message) {
    return Optional.of(Frame.error(error, message));
  }

  @Override
  public int maxMessage() {
    return 0;
  }

  @Override
  public void receive(byte[] utf8, FrameSink sink) {}
}

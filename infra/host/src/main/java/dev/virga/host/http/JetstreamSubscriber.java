package dev.virga.host.http;

import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.sync.FrameSink;
import java.util.Optional;
import org.eclipse.jetty.websocket.core.OpCode;

/** A subscriber of {@code /subscribe}, in Jetstream's format. */
record JetstreamSubscriber(Jetstream.Subscriber subscriber) implements Subscriber {
  @Override
  public byte opCode() {
    return OpCode.TEXT;
  }

  @Override
  public void feed(FrameSink sink) throws InterruptedException {
    subscriber.feed(sink);
  }

  /** None: clients would take it for an event. */
  @Override
  public Optional<byte[]> farewell(String error, String message) {
    return Optional.empty();
  }

  @Override
  public int maxMessage() {
    return Jetstream.MAX_MESSAGE;
  }

  @Override
  public void receive(byte[] utf8, FrameSink sink) {
    subscriber.receive(utf8, sink);
  }
}

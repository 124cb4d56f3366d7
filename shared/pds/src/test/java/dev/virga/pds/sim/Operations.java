package dev.virga.pds.sim;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.Admission;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.WriteOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What clients ask of a {@link Server}. */
final class Operations {
  private Operations() {}

  static RepoPath path(String rkey) {
    return RepoPath.parse("com.example.note/" + rkey);
  }

  static RecordIntent.Prepared note(String text, BlobRef... blobs) {
    Value.Builder note = Value.Obj.builder().put("$type", "com.example.note").put("text", text);
    if (blobs.length > 0) {
      note.put("blobs", new Value.Array(Stream.of(blobs).<Value>map(BlobRef::toValue).toList()));
    }
    byte[] bytes = DagCbor.encode(note.build());
    return new RecordIntent.Prepared(
        bytes, Cid.ofDagCbor(bytes), List.of(blobs), text.startsWith("like") ? text : null);
  }

  static RecordIntent create(String rkey, String text, BlobRef... blobs) {
    return new RecordIntent.Create(path(rkey), note(text, blobs), true);
  }

  static RecordIntent put(String rkey, String text, BlobRef... blobs) {
    return new RecordIntent.Put(path(rkey), note(text, blobs), RecordIntent.Swap.ANY);
  }

  static RecordIntent delete(String rkey) {
    return new RecordIntent.Delete(path(rkey), RecordIntent.Swap.ANY, false);
  }

  static WriteOutcome write(Server server, Did did, RecordIntent... intents) {
    return server.writer.write(did, List.of(intents), null);
  }

  /** A third each of creations, replacements and deletions, of records {@code k000} and on. */
  static List<RecordIntent> mixed(int count) {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String rkey = "k%03d".formatted(i);
      intents.add(
          switch (i % 3) {
            case 0 -> create("new" + rkey, "new");
            case 1 -> put(rkey, "replaced");
            default -> delete(rkey);
          });
    }
    return intents;
  }

  static Did signUp(Server server, String name) {
    return server
        .signUp
        .signUp(
            new Admission.Application(
                name + ".pds.test", name + "@example.org", "correct horse", null),
            null)
        .account()
        .did();
  }

  static BlobRef upload(Server server, Did did, String text) {
    try {
      return server.blobs.upload(
          did, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "text/plain");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] export(Server server, Did did, Head head) {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    try {
      server.export.write(did, head, null, car);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return car.toByteArray();
  }

  static void importCar(Server server, Did did, byte[] car) {
    try {
      server.imports.run(did, new ByteArrayInputStream(car));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** What is learnt of a blob while it streams by: its CID and its type. Part of {@link Blobs}. */
final class BlobIntake {
  private static final String UNKNOWN = "application/octet-stream";

  private final MessageDigest digest;
  private final InputStream stream;
  private final String type;

  BlobIntake(InputStream content, String declaredType) throws IOException {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    byte[] start = content.readNBytes(MimeSniffer.WINDOW);
    type = type(start, declaredType);
    stream =
        new DigestInputStream(
            new SequenceInputStream(new ByteArrayInputStream(start), content), digest);
  }

  private static String type(byte[] start, String declared) {
    String plain = declared.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    String known = plain.isEmpty() || plain.equals("*/*") ? UNKNOWN : plain;
    return MimeSniffer.sniff(start, start.length).orElse(known);
  }

  /** The blob's bytes, to be read to the end. */
  InputStream stream() {
    return stream;
  }

  /** The blob's type, known from the start. */
  String type() {
    return type;
  }

  /** The blob's CID, once the stream has been read. */
  Cid cid() {
    return Cid.ofRawDigest(digest.digest());
  }
}

package dev.virga.pds.blob;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Recognises the common types of media by their first bytes; nothing is decoded.
 *
 * <p>Source: mimesniff.spec.whatwg.org and the container formats' own specifications.
 */
final class MimeSniffer {
  /** How many bytes from the start are enough to recognise a type. */
  static final int WINDOW = 32;

  private record Signature(int offset, String bytes, String type) {
    boolean matches(byte[] start, int length) {
      byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
      if (offset + wanted.length > length) {
        return false;
      }
      for (int i = 0; i < wanted.length; i++) {
        if (start[offset + i] != wanted[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Signature> SIGNATURES =
      List.of(
          new Signature(0, "\u0089PNG\r\n\u001a\n", "image/png"),
          new Signature(0, "\u00ff\u00d8\u00ff", "image/jpeg"),
          new Signature(0, "GIF87a", "image/gif"),
          new Signature(0, "GIF89a", "image/gif"),
          new Signature(8, "WEBPVP", "image/webp"),
          new Signature(8, "WAVE", "audio/wav"),
          new Signature(0, "BM", "image/bmp"),
          new Signature(0, "%PDF-", "application/pdf"),
          new Signature(0, "\u001aE\u00df\u00a3", "video/webm"),
          new Signature(0, "OggS", "audio/ogg"),
          new Signature(0, "fLaC", "audio/flac"),
          new Signature(0, "ID3", "audio/mpeg"),
          new Signature(0, "\u001f\u008b\b", "application/gzip"),
          new Signature(0, "PK\u0003\u0004", "application/zip"));

  private MimeSniffer() {}

  /** The type of a file that begins so, if it is a known one. */
  static Optional<String> sniff(byte[] start, int length) {
    if (new Signature(4, "ftyp", "").matches(start, length) && length >= 12) {
      return Optional.of(baseMedia(new String(start, 8, 4, StandardCharsets.ISO_8859_1)));
    }
    return SIGNATURES.stream()
        .filter(signature -> signature.matches(start, length))
        .map(Signature::type)
        .findFirst();
  }

  /** The type of an ISO base media file by its brand. */
  private static String baseMedia(String brand) {
    return switch (brand) {
      case "avif", "avis" -> "image/avif";
      case "heic", "heix", "hevc", "hevx" -> "image/heic";
      case "mif1", "msf1" -> "image/heif";
      case "qt  " -> "video/quicktime";
      case "M4A ", "M4B " -> "audio/mp4";
      case "M4V ", "M4VH", "M4VP" -> "video/x-m4v";
      default -> brand.startsWith("3gp") ? "video/3gpp" : "video/mp4";
    };
  }
}

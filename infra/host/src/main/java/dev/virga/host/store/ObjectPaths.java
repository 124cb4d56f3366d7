package dev.virga.host.store;

import dev.virga.pds.store.Objects;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of {@link DirectoryObjects} as paths that every file system takes.
 *
 * <p>Segments become directories. Capitals (some file systems ignore case), {@code : % + =}, dots
 * at either end and the first letter of Windows' device names are written {@code %xx}. A segment of
 * 64 bytes or more is cut into nested directories, the cut ones ending in {@code +}, because file
 * names have 255 bytes at most; what is left, if nothing, is called {@code +}. The pieces are of
 * fixed length so that the order of paths stays the order of names.
 */
final class ObjectPaths {
  private static final int PIECE_CHARS = 64;
  private static final String CUT = "+";
  private static final String LITERAL = "abcdefghijklmnopqrstuvwxyz0123456789-_.@~,";
  private static final Pattern DEVICE =
      Pattern.compile("(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?", Pattern.CASE_INSENSITIVE);

  private ObjectPaths() {}

  /** Where an object lies under the root; checks the name. */
  static Path resolve(Path root, String name) {
    Objects.requireName(name);
    Path path = root;
    for (String segment : name.split("/", -1)) {
      for (String piece : pieces(segment)) {
        path = path.resolve(piece);
      }
    }
    return path;
  }

  private static List<String> pieces(String segment) {
    List<String> pieces = new ArrayList<>();
    String rest = segment;
    while (rest.length() >= PIECE_CHARS) {
      pieces.add(encode(rest.substring(0, PIECE_CHARS)) + CUT);
      rest = rest.substring(PIECE_CHARS);
    }
    pieces.add(rest.isEmpty() ? CUT : encode(rest));
    return pieces;
  }

  private static String encode(String piece) {
    boolean device = DEVICE.matcher(piece).matches();
    StringBuilder encoded = new StringBuilder(piece.length() + 8);
    for (int at = 0; at < piece.length(); at++) {
      char c = piece.charAt(at);
      boolean outer = at == 0 || at == piece.length() - 1;
      if (LITERAL.indexOf(c) < 0 || (c == '.' && outer) || (device && at == 0)) {
        encoded.append('%').append(HexFormat.of().toHexDigits((byte) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString().toLowerCase(Locale.ROOT);
  }

  /** The part of a name that a file or directory stands for. */
  static String decode(String piece) {
    int end = piece.endsWith(CUT) ? piece.length() - CUT.length() : piece.length();
    StringBuilder decoded = new StringBuilder(end);
    for (int at = 0; at < end; at++) {
      char c = piece.charAt(at);
      if (c == '%' && at + 2 < end) {
        decoded.append((char) HexFormat.fromHexDigits(piece, at + 1, at + 3));
        at += 2;
      } else {
        decoded.append(c);
      }
    }
    return decoded.toString();
  }

  /** Whether a directory holds the rest of a segment rather than the segments after it. */
  static boolean isCut(String piece) {
    return piece.length() > CUT.length() && piece.endsWith(CUT);
  }
}

package dev.virga.atproto.data;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A content identifier in the one form that the AT Protocol blesses: CID version 1, codec DAG-CBOR
 * or raw, SHA-256, 36 bytes; base32 as text.
 *
 * <p>Ordered by bytes. Source: atproto.com/specs/data-model, "link and CID formats".
 */
public final class Cid implements Comparable<Cid> {
  /** Bytes in a binary CID. */
  public static final int LENGTH = 36;

  /** Bytes in the digest that a CID ends with. */
  public static final byte DIGEST_LENGTH = 32;

  /** Only ever cloned: to look one up takes as long as to hash a small block. */
  private static final MessageDigest HASHING = newSha256();

  private static final byte VERSION = 1;
  private static final byte DAG_CBOR = 0x71;
  private static final byte RAW = 0x55;
  private static final byte SHA_256 = 0x12;

  private final byte[] bytes;

  private Cid(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The CID of a DAG-CBOR block: a record, a tree node or a commit. */
  public static Cid ofDagCbor(byte[] block) {
    return of(DAG_CBOR, sha256(block));
  }

  /** The CID of a blob. */
  public static Cid ofRaw(byte[] blob) {
    return of(RAW, sha256(blob));
  }

  /** The CID of a blob whose 32-byte SHA-256 digest was computed while it streamed by. */
  public static Cid ofRawDigest(byte[] digest) {
    return of(RAW, digest);
  }

  /** The CID of a DAG-CBOR block whose SHA-256 digest is part of an array. */
  public static Cid ofDagCborDigest(byte[] array, int from) {
    return of(DAG_CBOR, Arrays.copyOfRange(array, from, from + DIGEST_LENGTH));
  }

  private static Cid of(byte codec, byte[] digest) {
    byte[] bytes = new byte[LENGTH];
    bytes[0] = VERSION;
    bytes[1] = codec;
    bytes[2] = SHA_256;
    bytes[3] = DIGEST_LENGTH;
    System.arraycopy(digest, 0, bytes, 4, DIGEST_LENGTH);
    return new Cid(bytes);
  }

  /**
   * Reads the text form, {@code b} followed by base32.
   *
   * @throws DataException if the text is not a blessed CID
   */
  public static Cid parse(String text) {
    if (text.length() != 59 || text.charAt(0) != 'b') {
      throw new DataException("not a CID (version 1, base32, sha-256 expected)");
    }
    return fromBytes(Base32.decode(text.substring(1)));
  }

  /**
   * Reads the binary form, exactly 36 bytes.
   *
   * @throws DataException if the bytes are not a blessed CID
   */
  public static Cid fromBytes(byte[] bytes) {
    return fromBytes(bytes, 0, bytes.length);
  }

  /**
   * Reads the binary form from part of an array.
   *
   * @throws DataException if the bytes are not a blessed CID
   */
  public static Cid fromBytes(byte[] bytes, int from, int length) {
    if (length != LENGTH
        || bytes[from] != VERSION
        || (bytes[from + 1] != DAG_CBOR && bytes[from + 1] != RAW)
        || bytes[from + 2] != SHA_256
        || bytes[from + 3] != DIGEST_LENGTH) {
      throw new DataException("not a CID (version 1, DAG-CBOR or raw, sha-256 expected)");
    }
    return new Cid(Arrays.copyOfRange(bytes, from, from + LENGTH));
  }

  public boolean isDagCbor() {
    return bytes[1] == DAG_CBOR;
  }

  public boolean isRaw() {
    return bytes[1] == RAW;
  }

  /** Whether this is the CID of those bytes. */
  public boolean addresses(byte[] block) {
    return Arrays.equals(bytes, 4, LENGTH, sha256(block), 0, DIGEST_LENGTH);
  }

  /** A copy of the 36 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Writes the 36 bytes into an array. */
  public void copyTo(byte[] target, int at) {
    System.arraycopy(bytes, 0, target, at, LENGTH);
  }

  /** Writes the digest alone into an array: 32 bytes. */
  public void copyDigestTo(byte[] target, int at) {
    System.arraycopy(bytes, LENGTH - DIGEST_LENGTH, target, at, DIGEST_LENGTH);
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return ((MessageDigest) HASHING.clone()).digest(bytes);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the Java platform's own SHA-256 can be cloned", e);
    }
  }

  @Override
  public int compareTo(Cid that) {
    return Arrays.compareUnsigned(bytes, that.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cid that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    // Four bytes of the digest are as good a hash as any.
    return bytes[4] << 24 | (bytes[5] & 0xff) << 16 | (bytes[6] & 0xff) << 8 | (bytes[7] & 0xff);
  }

  /** The text form: {@code b} and 58 base32 digits. */
  @Override
  public String toString() {
    return Base32.encode("b", bytes);
  }
}

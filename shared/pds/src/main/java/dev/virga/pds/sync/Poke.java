package dev.virga.pds.sync;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The signed message by which whoever numbers events wakes a {@link FirehoseHost}: the last number
 * and the time, under a key that both derive from a secret of the server.
 *
 * <p>JSON, {@code {"seq":1,"time":2,"mac":"…"}}: the time in milliseconds, the MAC HMAC-SHA-256
 * over both as 64-bit big-endian numbers, in hexadecimal. One that is sent again within its time
 * does nothing, as its number is no news any more.
 */
public final class Poke {
  /** Where a firehose host takes pokes, by POST. */
  public static final String PATH = "/virga/poke";

  /** The longest message. */
  public static final int MAX_BYTES = 256;

  /** How old a message may be, and how far ahead the sender's clock. */
  static final Duration VALID = Duration.ofMinutes(2);

  private static final byte[] PURPOSE = "virga firehose poke 1".getBytes(StandardCharsets.US_ASCII);
  private static final String MAC = "HmacSHA256";

  private final SecretKey key;
  private final InstantSource clock;

  /**
   * Pokes among processes that share a secret.
   *
   * @param secret 32 random bytes, which may serve other purposes as well
   */
  public Poke(byte[] secret, InstantSource clock) {
    this.key = derived(secret);
    this.clock = clock;
  }

  /** RFC 5869 with the purpose as info. */
  private static SecretKey derived(byte[] secret) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(MAC, HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand(PURPOSE, 32));
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("every Java platform has HKDF-SHA256", e);
    }
  }

  /** The message that tells a number now. */
  public byte[] sign(long seq) {
    long time = clock.millis();
    return DataJson.toJson(
        Value.Obj.builder()
            .put("seq", seq)
            .put("time", time)
            .put("mac", HexFormat.of().formatHex(mac(seq, time)))
            .build());
  }

  /** The number that a message tells; empty if it is none, not ours, or too old. */
  public OptionalLong verify(byte[] message) {
    if (message.length > MAX_BYTES) {
      return OptionalLong.empty();
    }
    try {
      return DataJson.parse(message) instanceof Value.Obj fields
          ? verify(fields)
          : OptionalLong.empty();
    } catch (DataException malformed) {
      return OptionalLong.empty();
    }
  }

  private OptionalLong verify(Value.Obj fields) {
    OptionalLong seq = fields.integer("seq");
    OptionalLong time = fields.integer("time");
    Optional<String> mac = fields.text("mac");
    if (seq.isEmpty() || time.isEmpty() || mac.isEmpty()) {
      return OptionalLong.empty();
    }
    String expected = HexFormat.of().formatHex(mac(seq.getAsLong(), time.getAsLong()));
    boolean ours =
        MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), mac.get().getBytes(StandardCharsets.UTF_8));
    boolean fresh = Math.abs(clock.millis() - time.getAsLong()) <= VALID.toMillis();
    return ours && fresh ? seq : OptionalLong.empty();
  }

  private byte[] mac(long seq, long time) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(key);
      return mac.doFinal(ByteBuffer.allocate(16).putLong(seq).putLong(time).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + MAC, e);
    }
  }
}

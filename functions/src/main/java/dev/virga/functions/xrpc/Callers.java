package dev.virga.functions.xrpc;

import dev.virga.atproto.crypto.Sha256;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Names of callers under which their requests are counted, for {@link CountingLimiter}. */
final class Callers {
  /** Bytes of an IPv6 address that say whose it is; the rest its owner makes up at will. */
  private static final int NETWORK_BYTES = 8;

  private static final int HASH_BYTES = 16;
  private static final int MAX_LENGTH = 64;

  private Callers() {}

  static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** An IPv4 address, or the /64 network of an IPv6 address. */
  static String network(String remoteAddress) {
    Optional<InetAddress> address = address(remoteAddress);
    if (address.isEmpty()) {
      return remoteAddress.substring(0, Math.min(MAX_LENGTH, remoteAddress.length()));
    }
    if (address.get() instanceof Inet6Address v6) {
      byte[] network = Arrays.copyOf(v6.getAddress(), NETWORK_BYTES);
      return HexFormat.of().formatHex(network) + "/64";
    }
    return address.get().getHostAddress();
  }

  /** Stands for what somebody signs in as, whatever its case: it may be an e-mail address. */
  static String hidden(String identifier) {
    String plain = identifier.strip().toLowerCase(Locale.ROOT);
    byte[] hash = Sha256.of(plain.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
  }
}

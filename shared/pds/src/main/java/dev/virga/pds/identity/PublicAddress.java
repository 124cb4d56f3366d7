package dev.virga.pds.identity;

import java.net.InetAddress;
import java.util.List;

/**
 * Tells addresses on the public internet from all others, so that nobody can make this server talk
 * to its own neighbours; part of {@link VettedFetcher}.
 *
 * <p>Source: the IANA special-purpose address registries, RFC 6890.
 */
final class PublicAddress {
  /** A block of addresses that begin with the same bits. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Block(byte[] prefix, int bits) {
    static Block of(int bits, int... bytes) {
      byte[] prefix = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        prefix[i] = (byte) bytes[i];
      }
      return new Block(prefix, bits);
    }

    boolean contains(byte[] address) {
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >>> (bit % 8);
        if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Block> SPECIAL_V4 =
      List.of(
          Block.of(8, 0),
          Block.of(8, 10),
          Block.of(10, 100, 64),
          Block.of(8, 127),
          Block.of(16, 169, 254),
          Block.of(12, 172, 16),
          Block.of(24, 192, 0, 0),
          Block.of(24, 192, 0, 2),
          Block.of(24, 192, 88, 99),
          Block.of(16, 192, 168),
          Block.of(15, 198, 18),
          Block.of(24, 198, 51, 100),
          Block.of(24, 203, 0, 113),
          Block.of(3, 224));

  /** Only 2000::/3 is given out for unicast; these parts of it are special all the same. */
  private static final List<Block> SPECIAL_V6 =
      List.of(
          Block.of(23, 0x20, 0x01, 0x00),
          Block.of(32, 0x20, 0x01, 0x0d, 0xb8),
          Block.of(16, 0x20, 0x02),
          Block.of(20, 0x3f, 0xff, 0x00));

  private static final Block UNICAST_V6 = Block.of(3, 0x20);

  private PublicAddress() {}

  /** Whether an address is somebody's on the public internet. */
  static boolean is(InetAddress address) {
    byte[] bytes = address.getAddress();
    // Mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96) and local forms all lie outside 2000::/3.
    return bytes.length == 4
        ? outside(SPECIAL_V4, bytes)
        : UNICAST_V6.contains(bytes) && outside(SPECIAL_V6, bytes);
  }

  private static boolean outside(List<Block> blocks, byte[] address) {
    return blocks.stream().noneMatch(block -> block.contains(address));
  }
}

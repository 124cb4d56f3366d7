package dev.virga.host.http;

import java.net.InetAddress;
import java.util.List;

/**
 * Finds out who sent a request that came through proxies, for {@link HttpAdapter}.
 *
 * <p>An address that is not reachable from outside (loopback, link-local, private) is taken for a
 * proxy of ours, whose {@code X-Forwarded-For} is believed; the first other one, from the nearest
 * on, is the caller.
 */
final class TrustedProxies {
  /** More hops than that nobody has; what a caller puts in front of them is not looked at. */
  private static final int MAX_HOPS = 16;

  private TrustedProxies() {}

  /**
   * @param peer the address at the other end of the connection
   * @param forwardedFor all headers of that name, in order
   */
  static String caller(String peer, List<String> forwardedFor) {
    String caller = peer;
    String[] hops = String.join(",", forwardedFor).split(",", -1);
    for (int i = hops.length - 1; i >= 0 && i >= hops.length - MAX_HOPS; i--) {
      String hop = hops[i].strip();
      if (!isTrusted(caller) || !isAddress(hop)) {
        break;
      }
      caller = hop;
    }
    return caller;
  }

  private static boolean isTrusted(String address) {
    InetAddress ip = InetAddress.ofLiteral(address);
    byte[] bytes = ip.getAddress();
    boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    return ip.isLoopbackAddress()
        || ip.isLinkLocalAddress()
        || ip.isSiteLocalAddress()
        || uniqueLocal;
  }

  private static boolean isAddress(String text) {
    try {
      return !text.isEmpty() && InetAddress.ofLiteral(text).getAddress().length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

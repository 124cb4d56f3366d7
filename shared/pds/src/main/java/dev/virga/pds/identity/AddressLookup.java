package dev.virga.pds.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host name: the DNS, for {@link VettedFetcher}. */
@FunctionalInterface
public interface AddressLookup {
  /** The addresses, at least one. */
  List<InetAddress> addresses(String host) throws UnknownHostException;

  /** The lookup of the operating system. */
  static AddressLookup system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}

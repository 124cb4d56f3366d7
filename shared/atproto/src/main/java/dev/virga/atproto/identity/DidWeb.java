package dev.virga.atproto.identity;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The DID method {@code web} as the AT Protocol restricts it: a host name, no path; a port with
 * {@code localhost} only.
 *
 * <p>Source: atproto.com/specs/did, "Blessed DID Methods".
 */
public final class DidWeb {
  private static final Pattern LOCALHOST = Pattern.compile("localhost(?:%3[Aa]([0-9]{1,5}))?");
  private static final int MAX_PORT = 65_535;
  private static final String PATH = "/.well-known/did.json";

  private DidWeb() {}

  /**
   * The DID of a host.
   *
   * @param authority {@code host}, or {@code localhost:port}
   * @throws SyntaxException if the authority is anything else
   */
  public static Did of(String authority) {
    Did did = Did.parse("did:web:" + authority.replace(":", "%3A"));
    documentUri(did);
    return did;
  }

  /**
   * Where the DID document is to be fetched.
   *
   * @throws SyntaxException if the DID is of another method, or not a host name
   */
  public static URI documentUri(Did did) {
    String host = did.specific();
    if (!did.method().equals("web")) {
      throw new SyntaxException("not a did:web");
    }
    Matcher localhost = LOCALHOST.matcher(host);
    if (localhost.matches()) {
      String port = localhost.group(1);
      if (port != null && Integer.parseInt(port) > MAX_PORT) {
        throw new SyntaxException("not a port in a did:web");
      }
      return URI.create("http://localhost" + (port == null ? "" : ":" + port) + PATH);
    }
    // Handles and host names have the same syntax here: labels, a dot, no number at the end.
    if (!Handle.isValid(host)) {
      throw new SyntaxException("a did:web here is a host name, without port and path");
    }
    return URI.create("https://" + host + PATH);
  }
}

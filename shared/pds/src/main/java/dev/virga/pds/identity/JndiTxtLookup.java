package dev.virga.pds.identity;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/**
 * TXT records by the JDK's own DNS client, which knows the system's name servers on every platform.
 *
 * <p>Trap: it gives a record of several strings with spaces between them; ours are one string.
 */
public final class JndiTxtLookup implements TxtLookup {
  private static final int MAX_RECORDS = 100;

  @SuppressWarnings("JdkObsolete") // what the interface asks for
  private final Hashtable<String, String> environment = new Hashtable<>();

  /**
   * A client.
   *
   * @param nameServers host names or addresses; none for the system's
   * @param timeout for the first try; there is a second one of twice the time
   */
  public JndiTxtLookup(List<String> nameServers, Duration timeout) {
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put("com.sun.jndi.dns.timeout.initial", Long.toString(timeout.toMillis()));
    environment.put("com.sun.jndi.dns.timeout.retries", "2");
    environment.put(
        Context.PROVIDER_URL,
        nameServers.isEmpty()
            ? "dns:"
            : nameServers.stream().map(s -> "dns://" + s).collect(Collectors.joining(" ")));
  }

  // The DNS provider gives texts and bytes; it has no objects to deserialize.
  @SuppressWarnings("BanJNDI")
  @Override
  public List<String> texts(String name) throws IOException {
    try {
      InitialDirContext context = new InitialDirContext(environment);
      try {
        // The dot at the end keeps the search domains out of it.
        Attribute records = context.getAttributes(name + ".", new String[] {"TXT"}).get("TXT");
        return records == null ? List.of() : texts(records);
      } finally {
        context.close();
      }
    } catch (NameNotFoundException e) {
      return List.of();
    } catch (NamingException e) {
      throw new IOException("name servers did not answer for " + name, e);
    }
  }

  private static List<String> texts(Attribute records) throws NamingException {
    List<String> texts = new ArrayList<>();
    NamingEnumeration<?> values = records.getAll();
    while (values.hasMore() && texts.size() < MAX_RECORDS) {
      texts.add(unquoted(String.valueOf(values.next())));
    }
    return texts;
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}

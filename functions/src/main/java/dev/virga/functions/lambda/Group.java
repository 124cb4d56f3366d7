package dev.virga.functions.lambda;

/**
 * The functions that answer requests: each serves the methods that need the same permissions and
 * that may wait equally long. Which method is whose, {@link Groups} says.
 */
public enum Group {
  /** What anybody may read of repositories. It writes only what a crash left half done. */
  READ,
  /** Changes of repositories, which need the accounts' signing keys. */
  WRITE,
  /** Accounts, sessions and identities: passwords, mails, and calls to other servers. */
  ACCOUNT,
  /** What only the operator may do. */
  ADMIN,
  /** All the rest: pages, documents by host name, and methods that are not ours. */
  PROXY;

  /** The name of the class that is its entry, which is also its logical id in template.yaml. */
  public String entry() {
    return name().charAt(0) + name().substring(1).toLowerCase(java.util.Locale.ROOT) + "Function";
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.store.Key;
import java.time.Instant;

/** Where the items of accounts are: the chapter {@code account} of the layout. */
public final class AccountKeys {
  /** The partition that lists all accounts in the order they were made. */
  public static final String LISTING = "accounts";

  /** The partition of sign-ups under way. */
  public static final String INTENTS = "signups";

  /** The partition of deletions that were decided on and not yet carried out. */
  public static final String DELETIONS = "deletions";

  /** As many as a time has until the year 2286. */
  private static final int MILLIS_DIGITS = 13;

  private AccountKeys() {}

  public static Key account(Did did) {
    return new Key(did.text(), "account");
  }

  public static Key signingKey(Did did) {
    return new Key(did.text(), "key");
  }

  public static Key handle(Handle handle) {
    return new Key("handle#" + handle.text(), "claim");
  }

  public static Key email(EmailAddress email) {
    return new Key("email#" + email.text(), "claim");
  }

  /** Of the listing: milliseconds in 13 digits, {@code ::}, DID; also the cursor of listRepos. */
  public static Key listing(Instant createdAt, Did did) {
    String millis = Long.toString(createdAt.toEpochMilli());
    String zeros = "0".repeat(Math.max(0, MILLIS_DIGITS - millis.length()));
    return new Key(LISTING, zeros + millis + "::" + did);
  }

  public static Key deletion(Did did) {
    return new Key(DELETIONS, did.text());
  }

  public static Key intent(Did did) {
    return new Key(INTENTS, did.text());
  }
}

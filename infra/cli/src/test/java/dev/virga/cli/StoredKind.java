package dev.virga.cli;

import static dev.virga.cli.StoredKind.Notice.FOUND;
import static dev.virga.cli.StoredKind.Notice.TOLD;
import static dev.virga.cli.StoredKind.Notice.UNSEEN;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Every kind of item and object that there is, with what {@code virga verify} makes of one that is
 * gone without trace, and of one in whose place another's lies, whole in itself.
 *
 * <p>What is damaged in its bytes is always found: that needs no table.
 */
enum StoredKind {
  // an account
  ACCOUNT("did:.* / account", FOUND, FOUND),
  KEY("did:.* / key", FOUND, FOUND),
  HANDLE("handle#.* / claim", FOUND, FOUND),
  EMAIL("email#.* / claim", FOUND, FOUND),
  LISTING("accounts / .*", FOUND, FOUND),
  PREFERENCES("did:.* / pref#.*", TOLD, TOLD),
  APP_PASSWORD("did:.* / apppass#.*", TOLD, TOLD),
  SNAPSHOT_STATE("did:.* / snapshot", TOLD, FOUND),
  SESSION("did:.* / refresh#.*", UNSEEN, UNSEEN, "without it somebody is signed out"),
  MAIL_TOKEN("did:.* / mailtoken#.*", UNSEEN, UNSEEN, "good for minutes; asked for anew"),
  MAIL_TOKEN_CLAIM("mailtoken#.* / claim", UNSEEN, UNSEEN, "good for minutes; asked for anew"),
  RESERVED_KEY("reservedkey#.* / key", UNSEEN, UNSEEN, "nothing knows of it; asked for anew"),

  // invites
  INVITES_EARNED("did:.* / invites", TOLD, TOLD),
  INVITE_OF_ACCOUNT("did:.* / invite#.*", FOUND, FOUND),
  INVITE_OF_ADMIN("invites#admin / invite#.*", FOUND, FOUND),
  INVITE_CODE("invite#.* / code", FOUND, FOUND),
  INVITE_USE("invite#.* / use#.*", FOUND, UNSEEN, "only the time of the use is in it"),
  INVITES_RECENT("invites / .*", FOUND, FOUND),
  INVITES_BY_USE("invites-by-use / .*", FOUND, FOUND),

  // a repository
  HEAD("did:.* / head", FOUND, FOUND),
  NODE("did:.* / node#.*", FOUND, FOUND),
  RECORD("did:.* / rec#.*", FOUND, FOUND),
  PLACE("did:.* / cid#.*", FOUND, UNSEEN, "only a revision is in it, a hint for cleaning up"),
  REPLACED("did:.* / gone#.*", UNSEEN, FOUND, "may go at any time"),
  CLAIM("did:.* / uniq#.*", TOLD, FOUND),
  HIDDEN_RECORD("did:.* / hidden#rec#.*", FOUND, TOLD),
  TIDINESS("did:.* / tidy", UNSEEN, UNSEEN, "what the next round of upkeep finds out anew"),

  // blobs
  BLOB("did:.* / blob#.*", FOUND, FOUND),
  BLOB_REFERENCE("did:.* / blobref#.*", FOUND, UNSEEN, "only a revision is in it"),
  HIDDEN_BLOB("did:.* / hidden#blob#.*", FOUND, TOLD),
  UPLOAD("uploads / .*", UNSEEN, UNSEEN, "of no more use once a record refers to the blob"),

  // events
  OUTBOX("did:.* / outbox#.*", FOUND, FOUND),
  LOG("log#.* / .*", FOUND, FOUND),
  SEQUENCER("sequencer / state", FOUND, FOUND),

  // the directory of a laptop
  PLC_HEAD("plc#.* / head", FOUND, FOUND),
  PLC_OPERATION("plc#.* / op#.*", FOUND, FOUND),

  // what is of the moment
  DID_DOCUMENT("diddoc#.* / document", UNSEEN, UNSEEN, "a cache"),
  LIMIT("limit#.* / .*", UNSEEN, UNSEEN, "a count of the last minutes"),
  UPKEEP("upkeep / .*", UNSEEN, UNSEEN, "how far the last round came"),
  ENDED("ended / .*", UNSEEN, UNSEEN, "a second look at what was deleted"),

  // objects
  PACK("repos/did:[^/]*/[^/.]*\\.car", FOUND, FOUND),
  FULL_PACK("repos/did:[^/]*/[^/.]*\\.full\\.car", FOUND, FOUND),
  BLOB_OBJECT("blobs/did:[^/]*/.*", FOUND, FOUND),
  QUARANTINED("quarantine/did:[^/]*/.*", FOUND, FOUND),
  SNAPSHOT("accounts/did:[^/]*/.*", FOUND, FOUND);

  /** What of damage is to be noticed. */
  enum Notice {
    /** It is a finding. */
    FOUND,
    /** It is named, but looks like a change that the owner made. */
    TOLD,
    /** It looks like what happens every day, for the reason given. */
    UNSEEN
  }

  private final Pattern name;
  final Notice missing;
  final Notice exchanged;

  StoredKind(String name, Notice missing, Notice exchanged) {
    this(name, missing, exchanged, "");
  }

  /**
   * @param name pattern of the object's name or of the item's partition and sort key
   * @param why nothing can be noticed, where that is so
   */
  StoredKind(String name, Notice missing, Notice exchanged, String why) {
    boolean explained = !why.isEmpty();
    if (explained != (missing == UNSEEN || exchanged == UNSEEN)) {
      throw new IllegalArgumentException(name + " needs a reason, or has no need of one");
    }
    this.name = Pattern.compile(name);
    this.missing = missing;
    this.exchanged = exchanged;
  }

  /** The kinds that a name is of: exactly one, if all is well. */
  static List<StoredKind> of(String name) {
    return Arrays.stream(values()).filter(kind -> kind.name.matcher(name).matches()).toList();
  }
}

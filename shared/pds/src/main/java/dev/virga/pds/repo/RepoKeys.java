package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Range;
import java.util.List;
import java.util.stream.Stream;

/** Where the items and objects of a repository are: the chapter {@code repo} of the layout. */
public final class RepoKeys {
  /** Before the path of a record; byte order of these keys is tree order. */
  private static final String RECORD = "rec#";

  private static final String NODE = "node#";
  private static final String HIDDEN = "hidden#rec#";

  /** How the names of packs end. */
  public static final String PACK = ".car";

  /** How the names of full packs end. */
  public static final String FULL = ".full.car";

  private RepoKeys() {}

  public static Key head(Did did) {
    return new Key(did.text(), "head");
  }

  public static Key node(Did did, Cid cid) {
    return new Key(did.text(), NODE + cid);
  }

  public static Range nodes() {
    return Range.prefix(NODE);
  }

  public static Key record(Did did, String path) {
    return new Key(did.text(), RECORD + path);
  }

  public static Range records() {
    return Range.prefix(RECORD);
  }

  static Range records(String collection) {
    return Range.prefix(RECORD + collection + "/");
  }

  /** Whether a record's key is that of a path. */
  static boolean isRecord(Key key, String path) {
    return key.sort().length() == RECORD.length() + path.length() && key.sort().endsWith(path);
  }

  public static String recordPath(Key key) {
    return key.sort().substring(RECORD.length());
  }

  /** Says at which path a record of this CID is: an unverified hint, written before the commit. */
  public static Key place(Did did, Cid cid, RepoPath path) {
    return new Key(did.text(), "cid#" + cid + "#" + path);
  }

  static Range places(Cid cid) {
    return Range.prefix("cid#" + cid + "#");
  }

  public static String placePath(Key key) {
    return key.sort().substring("cid#".length() + cidLength() + 1);
  }

  public static Cid placeCid(Key key) {
    return Cid.parse(key.sort().substring("cid#".length(), "cid#".length() + cidLength()));
  }

  /** All places of records. */
  public static Range places() {
    return Range.prefix("cid#");
  }

  /** A record that was replaced or deleted a short while ago, for exports already under way. */
  static Key replaced(Did did, Cid cid) {
    return new Key(did.text(), "gone#" + cid);
  }

  /** That a moderator has hidden a record, once more, for when its item is made anew. */
  public static Key hidden(Did did, RepoPath path) {
    return new Key(did.text(), HIDDEN + path);
  }

  public static Range hidden() {
    return Range.prefix(HIDDEN);
  }

  public static String hiddenPath(Key key) {
    return key.sort().substring(HIDDEN.length());
  }

  /** What can be made anew from packs, but for the head. */
  static List<Range> derived() {
    return Stream.of(NODE, RECORD, "cid#", "gone#", "uniq#", "blobref#")
        .map(Range::prefix)
        .toList();
  }

  public static Cid replacedCid(Key key) {
    return Cid.parse(key.sort().substring("gone#".length()));
  }

  /** All records that were replaced a short while ago. */
  public static Range allReplaced() {
    return Range.prefix("gone#");
  }

  public static Key unique(Did did, String claim) {
    return new Key(did.text(), "uniq#" + claim);
  }

  /** All claims of uniqueness. */
  public static Range uniques() {
    return Range.prefix("uniq#");
  }

  public static Cid nodeCid(Key key) {
    return Cid.parse(key.sort().substring(NODE.length()));
  }

  /** What maintenance knows of a repository. */
  public static Key tidiness(Did did) {
    return new Key(did.text(), "tidy");
  }

  public static String packs(Did did) {
    return "repos/" + did + "/";
  }

  public static String pack(Did did, Tid rev) {
    return packs(did) + rev + PACK;
  }

  /** The whole repository as of a revision. */
  public static String full(Did did, Tid rev) {
    return packs(did) + rev + FULL;
  }

  public static String redo(Did did, Tid rev) {
    return packs(did) + rev + ".redo";
  }

  /** A part of what a commit too large for one transaction will do. */
  static String redoPart(Did did, Tid rev, int part) {
    return redo(did, rev) + "." + part;
  }

  private static int cidLength() {
    return 59;
  }
}

package dev.virga.pds.verify;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Key;
import java.util.Optional;

/**
 * Something that is not as it should be.
 *
 * @param severity how bad it is, which the code alone does not say: what is young may be under way
 * @param did the account that it is about, if any
 * @param what the item, object, path or number
 * @param detail for people
 */
public record Finding(Code code, Severity severity, Optional<Did> did, String what, String detail) {

  /** How bad a finding is. */
  public enum Severity {
    /** Something is wrong or missing. */
    DAMAGE,
    /** Something is kept that nobody refers to. */
    LEFTOVER,
    /** Something is not finished, or was not removed yet; it may be soon. */
    UNDER_WAY
  }

  /** What kind of thing is wrong. */
  public enum Code {
    /** The store could not answer, or an item could not be read at all. */
    UNREADABLE,

    /** An account's item, claim, listing, key or head is missing or says something else. */
    ACCOUNT_INCOMPLETE,
    /** A claim, listing or other item of an account that does not exist. */
    ACCOUNT_GONE,
    /** A sign-up that was not finished. */
    SIGN_UP_OPEN,
    /** A deletion that was not carried out. */
    DELETION_OPEN,

    /** The head contradicts itself or its commit. */
    HEAD_WRONG,
    /** The commit's signature is not one of the account's key. */
    SIGNATURE_WRONG,
    /** A commit was decided on and its writes are not all done. */
    COMMIT_PENDING,
    /** The plan of a pending commit is missing. */
    PLAN_MISSING,
    /** The plan of a pending commit cannot be read. */
    PLAN_DAMAGED,
    /** A plan that no head points to. */
    PLAN_ORPHANED,

    /** A node of the tree is missing. */
    NODE_MISSING,
    /** A node's bytes are not what its CID says, or not where they should be. */
    NODE_DAMAGED,
    /** A node of the tree that is going to be forgotten. */
    NODE_EXPIRES,
    /** A node that is in no tree and stays for ever. */
    NODE_ORPHANED,
    /** The tree is not the one that its entries have. */
    TREE_WRONG,

    /** A record of the tree has no item. */
    RECORD_MISSING,
    /** An item of a record that the tree does not have. */
    RECORD_EXTRA,
    /** An item whose CID, blobs or claim are not those of the record. */
    RECORD_WRONG,
    /** A record's bytes are not what its CID says, or not where they should be. */
    RECORD_DAMAGED,
    /** Nothing leads from a record's CID to its path. */
    PLACE_MISSING,
    /** A place of a record that is not there. */
    PLACE_ORPHANED,
    /** A claim of uniqueness by a record that does not make it. */
    CLAIM_ORPHANED,
    /** A record without its claim of uniqueness, as one of two alike has after an import. */
    CLAIM_MISSING,
    /** What a moderator hid is noted in one place and not in the other. */
    TAKEDOWN_WRONG,
    /** A replaced record that stays for ever. */
    REPLACED_KEPT,

    /** A pack of the chain is missing. */
    PACK_MISSING,
    /** A pack is no valid CAR, or not that of its commit. */
    PACK_DAMAGED,
    /** A pack that is not in the chain of commits. */
    PACK_ORPHANED,

    /** A record refers to a blob that is not here, as after an import. */
    BLOB_AWAITED,
    /** A blob's object is missing. */
    BLOB_MISSING,
    /** A blob's bytes are not what its CID or size says. */
    BLOB_DAMAGED,
    /** A blob's reference that no record makes, or a record's that is not noted. */
    BLOB_REFERENCE_WRONG,
    /** A blob that nothing refers to and nothing will look at again. */
    BLOB_FORGOTTEN,
    /** An object of a blob that no item names. */
    BLOB_ORPHANED,

    /** A commit without its event. */
    EVENT_MISSING,
    /** An event that does not fit the chain of commits, or its place in the log. */
    EVENT_WRONG,
    /** An event that has no number yet. */
    EVENT_WAITING,
    /** An event of the log that cannot be read or lies outside of it. */
    LOG_WRONG,

    /** The items of an invite code contradict each other. */
    INVITE_WRONG,

    /** An account's snapshot is missing. */
    SNAPSHOT_MISSING,
    /** A snapshot does not open. */
    SNAPSHOT_DAMAGED,
    /** Something of an account is not as in its snapshot: the next round takes another. */
    SNAPSHOT_BEHIND,

    /** An object of nobody. */
    OBJECT_ORPHANED,
    /** An item of nobody. */
    ITEM_ORPHANED
  }

  /** How findings name an item. */
  public static String name(Key key) {
    return key.partition() + " / " + key.sort();
  }

  @Override
  public String toString() {
    return severity
        + " "
        + code
        + did.map(owner -> " " + owner).orElse("")
        + " "
        + what
        + ": "
        + detail;
  }
}

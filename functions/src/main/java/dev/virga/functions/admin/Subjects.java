package dev.virga.functions.admin;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.AtUri;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.moderation.Subject;

/** Reads what a decision is about: an account, a record or a blob. */
final class Subjects {
  static final String REPO = "com.atproto.admin.defs#repoRef";
  static final String RECORD = "com.atproto.repo.strongRef";
  static final String BLOB = "com.atproto.admin.defs#repoBlobRef";

  private final Accounts accounts;

  Subjects(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * A subject of the union in bodies.
   *
   * @throws XrpcException 400 InvalidRequest if it is of another kind, NotFound if its account is
   *     named by an unknown handle
   */
  Subject parse(Value.Obj subject) {
    return switch (subject.text("$type").orElse("")) {
      case REPO -> new Subject.OfAccount(did(subject));
      case RECORD -> record(AtUri.parse(subject.text("uri").orElseThrow()));
      case BLOB -> new Subject.OfBlob(did(subject), Cid.parse(subject.text("cid").orElseThrow()));
      default -> throw XrpcException.invalidRequest("Invalid subject");
    };
  }

  private static Did did(Value.Obj subject) {
    return Did.parse(subject.text("did").orElseThrow());
  }

  /** The record at a URI, whose authority may be a handle. */
  Subject record(AtUri uri) {
    if (uri.collection() == null || uri.rkey() == null) {
      throw XrpcException.invalidRequest("uri must be a record's");
    }
    RepoPath path = new RepoPath(uri.collection(), uri.rkey());
    if (uri.authority() instanceof Did did) {
      return new Subject.OfRecord(did, path);
    }
    return accounts
        .find(uri.authority())
        .map(Account::did)
        .map(did -> new Subject.OfRecord(did, path))
        .orElseThrow(() -> XrpcException.badRequest("NotFound", "Subject not found"));
  }
}

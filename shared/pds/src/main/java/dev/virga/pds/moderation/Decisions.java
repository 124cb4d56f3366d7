package dev.virga.pds.moderation;

import dev.virga.atproto.data.Cid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.blob.Quarantine;
import dev.virga.pds.repo.RecordTakedowns;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out what moderators decide, and says what holds now. */
public final class Decisions {
  private final Accounts accounts;
  private final AccountChanges changes;
  private final RecordTakedowns records;
  private final Blobs blobs;
  private final Quarantine quarantine;
  private final InstantSource clock;

  public Decisions(
      Accounts accounts,
      AccountChanges changes,
      RecordTakedowns records,
      Blobs blobs,
      Quarantine quarantine,
      InstantSource clock) {
    this.accounts = accounts;
    this.changes = changes;
    this.records = records;
    this.blobs = blobs;
    this.quarantine = quarantine;
    this.clock = clock;
  }

  /**
   * What holds of a subject.
   *
   * @throws XrpcException 400 NotFound
   */
  public SubjectStatus status(Subject subject) {
    return find(subject).orElseThrow(Decisions::notFound);
  }

  private Optional<SubjectStatus> find(Subject subject) {
    return switch (subject) {
      case Subject.OfAccount(var did) -> accounts.find(did).map(Decisions::status);
      case Subject.OfRecord(var did, var path) ->
          records.find(did, path).map(found -> status(found.ref(), found.cid()));
      case Subject.OfBlob(var did, var cid) ->
          blobs.find(did, cid).map(blob -> status(blob.takedown(), cid));
    };
  }

  private static SubjectStatus status(Optional<String> takedown, Cid cid) {
    return new SubjectStatus(takedown, Optional.empty(), Optional.of(cid));
  }

  private static SubjectStatus status(Account account) {
    Optional<String> takedown =
        account.status() instanceof AccountStatus.Takendown(String ref, var _)
            ? Optional.of(ref)
            : Optional.empty();
    boolean deactivated = account.status().own() instanceof AccountStatus.Deactivated;
    return new SubjectStatus(takedown, Optional.of(deactivated), Optional.empty());
  }

  /**
   * Carries out a decision. An account's status is announced even if it stays the same.
   *
   * @throws XrpcException 400 NotFound, or InvalidRequest if something that is not an account is to
   *     be switched off or on
   */
  public void carryOut(Subject subject, Decision decision) {
    if (subject instanceof Subject.OfAccount(var did)) {
      if (accounts.find(did).isEmpty()) {
        throw notFound();
      }
      changes.moderate(did, status -> decided(status, decision));
      return;
    }
    if (decision.deactivated().isPresent()) {
      throw XrpcException.invalidRequest("Only accounts can be deactivated");
    }
    boolean found =
        decision.takedown().isEmpty()
            ? find(subject).isPresent()
            : hide(subject, decision.takedown().get() ? ref(decision) : null);
    if (!found) {
      throw notFound();
    }
  }

  /** Hides a record or blob, or shows it again for null; false if there is none. */
  private boolean hide(Subject subject, @Nullable String ref) {
    return switch (subject) {
      case Subject.OfRecord(var did, var path) -> records.set(did, path, ref);
      case Subject.OfBlob(var did, var cid) ->
          ref == null ? quarantine.restore(did, cid) : quarantine.takeDown(did, cid, ref);
      case Subject.OfAccount _ -> throw new IllegalArgumentException("an account has a status");
    };
  }

  private AccountStatus decided(AccountStatus status, Decision decision) {
    AccountStatus.Own own =
        decision.deactivated().map(off -> own(status.own(), off)).orElse(status.own());
    if (decision.takedown().isEmpty()) {
      return status.withOwn(own);
    }
    if (decision.takedown().get()) {
      return new AccountStatus.Takendown(ref(decision), own);
    }
    return status instanceof AccountStatus.Takendown ? own : status.withOwn(own);
  }

  private AccountStatus.Own own(AccountStatus.Own before, boolean off) {
    if (!off) {
      return new AccountStatus.Active();
    }
    return before instanceof AccountStatus.Deactivated
        ? before
        : new AccountStatus.Deactivated(clock.instant(), null);
  }

  /** A takedown always has a reference: the time, for want of another. */
  private String ref(Decision decision) {
    return decision.ref().filter(ref -> !ref.isBlank()).orElse(clock.instant().toString());
  }

  private static XrpcException notFound() {
    return XrpcException.badRequest("NotFound", "Subject not found");
  }
}

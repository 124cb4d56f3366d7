package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An account of this server, as the item {@code account} in its partition holds it.
 *
 * @param version grows with every change; whoever writes demands the one it read
 * @param epoch grows with every change that ends all sessions; whoever opens one demands it
 * @param emailConfirmedAt null as long as nobody proved that the address is theirs
 * @param passwordHash PHC string, or scrypt of an imported account
 * @param inviteCode with which it was made, if any
 * @param invitesDisabled whether it may not hand out invite codes
 * @param recoveryKey did:key of the owner's that may change the DID before ours, if they gave one
 */
public record Account(
    Did did,
    long version,
    long epoch,
    Handle handle,
    EmailAddress email,
    @Nullable Instant emailConfirmedAt,
    String passwordHash,
    AccountStatus status,
    Instant createdAt,
    @Nullable String inviteCode,
    boolean invitesDisabled,
    @Nullable String recoveryKey) {

  static Account from(Did did, Item item) {
    return new Account(
        did,
        item.requireNumber("version"),
        item.requireNumber("epoch"),
        Handle.parse(item.requireText("handle")),
        EmailAddress.parse(item.requireText("email")),
        instant(item, "emailConfirmedAt"),
        item.requireText("passwordHash"),
        status(item),
        Instant.ofEpochMilli(item.requireNumber("createdAt")),
        item.text("inviteCode").orElse(null),
        item.flag("invitesDisabled"),
        item.text("recoveryKey").orElse(null));
  }

  private static AccountStatus status(Item item) {
    Instant since = instant(item, "deactivatedAt");
    AccountStatus.Own own =
        since == null
            ? new AccountStatus.Active()
            : new AccountStatus.Deactivated(since, instant(item, "deleteAfter"));
    Optional<String> takedown = item.text("takedownRef");
    Optional<String> suspension = item.text("suspensionRef");
    return takedown.isPresent()
        ? new AccountStatus.Takendown(takedown.get(), own)
        : suspension.isPresent() ? new AccountStatus.Suspended(suspension.get(), own) : own;
  }

  Item toItem() {
    Item.Builder item =
        Item.builder()
            .number("version", version)
            .number("epoch", epoch)
            .text("handle", handle.text())
            .text("email", email.text())
            .number("emailConfirmedAt", millis(emailConfirmedAt))
            .text("passwordHash", passwordHash)
            .number("createdAt", createdAt.toEpochMilli())
            .text("inviteCode", inviteCode)
            .text("recoveryKey", recoveryKey);
    if (invitesDisabled) {
      item.flag("invitesDisabled", true);
    }
    if (status.own() instanceof AccountStatus.Deactivated(Instant since, Instant deleteAfter)) {
      item.number("deactivatedAt", since.toEpochMilli()).number("deleteAfter", millis(deleteAfter));
    }
    switch (status) {
      case AccountStatus.Takendown(String ref, var _) -> item.text("takedownRef", ref);
      case AccountStatus.Suspended(String ref, var _) -> item.text("suspensionRef", ref);
      case AccountStatus.Own _ -> {}
    }
    return item.build();
  }

  /** What a write of this account's next version demands. */
  Condition unchanged() {
    return Condition.equal("version", version);
  }

  public boolean emailConfirmed() {
    return emailConfirmedAt != null;
  }

  public Account withHandle(Handle newHandle) {
    return change(newHandle, email, emailConfirmedAt, passwordHash, status, epoch);
  }

  /** With another address, which nobody has confirmed yet. */
  public Account withEmail(EmailAddress newEmail) {
    return change(handle, newEmail, null, passwordHash, status, epoch);
  }

  public Account withEmailConfirmed(Instant when) {
    return change(handle, email, when, passwordHash, status, epoch);
  }

  /** With a new password, which ends all sessions. */
  public Account withPassword(String newHash) {
    return change(handle, email, emailConfirmedAt, newHash, status, epoch + 1);
  }

  /** With the same password hashed in another way, which nobody notices. */
  public Account withRehashed(String newHash) {
    return change(handle, email, emailConfirmedAt, newHash, status, epoch);
  }

  /** With another status; being barred ends all sessions. */
  public Account withStatus(AccountStatus newStatus) {
    boolean barred = newStatus.isBarred() && !status.isBarred();
    return change(
        handle, email, emailConfirmedAt, passwordHash, newStatus, barred ? epoch + 1 : epoch);
  }

  public Account withInvitesDisabled(boolean disabled) {
    return new Account(
        did,
        version + 1,
        epoch,
        handle,
        email,
        emailConfirmedAt,
        passwordHash,
        status,
        createdAt,
        inviteCode,
        disabled,
        recoveryKey);
  }

  private Account change(
      Handle newHandle,
      EmailAddress newEmail,
      @Nullable Instant newConfirmedAt,
      String newHash,
      AccountStatus newStatus,
      long newEpoch) {
    return new Account(
        did,
        version + 1,
        newEpoch,
        newHandle,
        newEmail,
        newConfirmedAt,
        newHash,
        newStatus,
        createdAt,
        inviteCode,
        invitesDisabled,
        recoveryKey);
  }

  private static @Nullable Instant instant(Item item, String name) {
    return item.number(name).map(Instant::ofEpochMilli).orElse(null);
  }

  private static Optional<Long> millis(@Nullable Instant instant) {
    return Optional.ofNullable(instant).map(Instant::toEpochMilli);
  }

  /** Without the password's hash. */
  @Override
  public String toString() {
    return "Account[" + did + ", " + handle + ", " + status + "]";
  }
}

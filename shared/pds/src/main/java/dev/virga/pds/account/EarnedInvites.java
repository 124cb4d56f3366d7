package dev.virga.pds.account;

import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The invite codes that accounts earn by staying: one per interval, counted from the day the
 * account was made or from the epoch, whichever is later.
 *
 * <p>No more than {@link #MAX_OPEN} wait to be used. Codes given by the operator do not count.
 */
public final class EarnedInvites {
  /** Earned codes that an account may have open at a time. */
  static final int MAX_OPEN = 5;

  private static final String MADE = "made";

  private final Index index;
  private final InviteCodes invites;
  private final InstantSource clock;
  private final @Nullable Duration interval;
  private final Instant epoch;

  /**
   * The rule.
   *
   * @param interval in which a code is earned; null for never
   * @param epoch before which time does not count
   */
  public EarnedInvites(
      Index index,
      InviteCodes invites,
      InstantSource clock,
      @Nullable Duration interval,
      Instant epoch) {
    this.index = index;
    this.invites = invites;
    this.clock = clock;
    this.interval = interval;
    this.epoch = epoch;
  }

  /**
   * Makes the codes that an account has earned and not yet got.
   *
   * @throws XrpcException 400 DuplicateCreate if another request is just doing that
   */
  public void claim(Account account) {
    if (interval == null || interval.isZero() || account.invitesDisabled()) {
      return;
    }
    // Read first: whoever makes codes after this makes the transaction fail.
    Optional<Item> counter = index.get(key(account));
    int due = due(account, interval);
    if (due <= 0) {
      return;
    }
    long made = counter.flatMap(item -> item.number(MADE)).orElse(0L);
    List<Write> writes = new ArrayList<>(invites.earned(account.did(), due));
    writes.add(
        Write.put(
            key(account),
            Item.builder().number(MADE, made + due).build(),
            counter.isPresent() ? Condition.equal(MADE, made) : Condition.ABSENT));
    try {
      index.transact(writes);
    } catch (ConditionFailedException e) {
      throw XrpcException.badRequest(
          "DuplicateCreate", "attempted to create additional codes in another request");
    }
  }

  private int due(Account account, Duration every) {
    List<InviteCodes.Code> earned =
        invites.of(account.did().text()).stream()
            .filter(code -> !code.createdBy().equals(InviteCodes.ADMIN))
            .toList();
    long open = earned.stream().filter(code -> code.left() > 0).count();
    long counted = earned.stream().filter(code -> !code.createdAt().isBefore(epoch)).count();
    Instant start = account.createdAt().isBefore(epoch) ? epoch : account.createdAt();
    Duration stay = Duration.between(start, clock.instant());
    long could = stay.isNegative() ? 0 : stay.dividedBy(every);
    return (int) Math.clamp(could - counted, 0L, Math.max(0L, MAX_OPEN - open));
  }

  private static Key key(Account account) {
    return new Key(account.did().text(), "invites");
  }
}

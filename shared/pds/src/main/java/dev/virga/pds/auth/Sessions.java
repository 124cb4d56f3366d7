package dev.virga.pds.auth;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The legacy sessions on record: opening, refreshing and ending them.
 *
 * <p>Refreshing rotates. The token that was used stays good for two hours, in case the answer was
 * lost, and gives the same successor every time. Source: behaviour §3.
 */
public final class Sessions {
  /** How long a refresh token still works once its successor was handed out. */
  public static final Duration GRACE = Duration.ofHours(2);

  private static final String PREFIX = "refresh#";
  private static final int PAGE = 100;

  /** Rounds of lost races before giving up; a round is lost only when another one won. */
  private static final int MAX_ROUNDS = 10;

  private final Index index;
  private final SessionTokens tokens;
  private final InstantSource clock;
  private final SecureRandom random;

  public Sessions(Index index, SessionTokens tokens, InstantSource clock, SecureRandom random) {
    this.index = index;
    this.tokens = tokens;
    this.clock = clock;
    this.random = random;
  }

  /** What a client gets. */
  public record Pair(String accessJwt, String refreshJwt) {}

  /**
   * A session about to begin.
   *
   * @param write makes the refresh token good; the session exists once it went through
   */
  public record Opening(Pair tokens, Write write) {}

  /**
   * Prepares a session.
   *
   * @param appPassword the name of the app password that it was opened with; null for the account's
   *     own password
   */
  public Opening open(Did account, SessionScope scope, @Nullable String appPassword) {
    Refresh fresh =
        new Refresh(scope, appPassword, clock.instant().plus(SessionTokens.REFRESH_LIFE), null);
    String id = newId();
    return new Opening(
        pair(account, id, fresh),
        new Write.Put(key(account, id), fresh.toItem(), fresh.expires(), Condition.ABSENT));
  }

  /** Tokens of a session that ends with its access token: its refresh token is not on record. */
  public Pair unrecorded(Did account, SessionScope scope) {
    Instant expires = clock.instant().plus(SessionTokens.REFRESH_LIFE);
    return pair(account, newId(), new Refresh(scope, null, expires, null));
  }

  /**
   * Exchanges a refresh token for its successor.
   *
   * @throws XrpcException 400 ExpiredToken if it was revoked or rotated out
   */
  public Pair refresh(Credentials.Refresh presented) {
    Key key = key(presented.did(), presented.tokenId());
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Refresh used = find(key).orElseThrow(Sessions::revoked);
      if (used.next() != null) {
        Refresh successor = find(key(presented.did(), used.next())).orElseThrow(Sessions::revoked);
        return pair(presented.did(), used.next(), successor);
      }
      String id = newId();
      Refresh successor = used.renewed(clock.instant().plus(SessionTokens.REFRESH_LIFE));
      if (rotate(presented.did(), key, used, id, successor)) {
        return pair(presented.did(), id, successor);
      }
    }
    throw new XrpcException(503, "NotEnoughResources", "Too many refreshes at once");
  }

  private boolean rotate(Did account, Key key, Refresh used, String id, Refresh successor) {
    Instant grace = clock.instant().plus(GRACE);
    Instant expires = grace.isBefore(used.expires()) ? grace : used.expires();
    Item change =
        Item.builder()
            .text("state", "used")
            .text("next", id)
            .number("expires", expires.getEpochSecond())
            .build();
    try {
      index.transact(
          Write.all(
              new Write.Update(
                  key,
                  change,
                  Set.of(),
                  new Write.Expiry.At(expires),
                  Condition.equal("state", "fresh")),
              new Write.Put(
                  key(account, id), successor.toItem(), successor.expires(), Condition.ABSENT)));
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  /** Ends one session, if it is there. */
  public void end(Did account, String tokenId) {
    index.batchDelete(List.of(key(account, tokenId)));
  }

  /** Ends every session of an account. */
  public void endAll(Did account) {
    endWhere(account, item -> true);
  }

  /** Ends the sessions that were opened with an app password. */
  public void endAll(Did account, String appPassword) {
    endWhere(account, item -> item.text("app").equals(Optional.of(appPassword)));
  }

  private void endWhere(Did account, Predicate<Item> doomed) {
    // A refresh under way may add a successor to what was just read; it cannot once a pass over
    // everything found nothing, for it needs a token that is still there.
    boolean found;
    do {
      found = false;
      Range range = Range.prefix(PREFIX);
      Page page;
      do {
        page = index.query(Query.forward(account.text(), range, PAGE));
        List<Key> keys =
            page.entries().stream()
                .filter(entry -> doomed.test(entry.item()))
                .map(Entry::key)
                .toList();
        if (!keys.isEmpty()) {
          found = true;
          index.batchDelete(keys);
        }
        if (!page.entries().isEmpty()) {
          range = range.after(page.entries().getLast().key().sort());
        }
      } while (page.more());
    } while (found);
  }

  private Optional<Refresh> find(Key key) {
    // The store may keep an item for a while past its time.
    return index
        .get(key)
        .map(Refresh::from)
        .filter(token -> clock.instant().isBefore(token.expires()));
  }

  private Pair pair(Did account, String id, Refresh refresh) {
    return new Pair(
        tokens.access(account, refresh.scope()), tokens.refresh(account, id, refresh.expires()));
  }

  private String newId() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Key key(Did account, String id) {
    return new Key(account.text(), PREFIX + id);
  }

  private static XrpcException revoked() {
    return XrpcException.badRequest("ExpiredToken", "Token has been revoked");
  }

  /**
   * A refresh token on record.
   *
   * @param scope of the access tokens that it gives
   * @param next the id of its successor once it was used
   */
  private record Refresh(
      SessionScope scope, @Nullable String appPassword, Instant expires, @Nullable String next) {
    static Refresh from(Item item) {
      return new Refresh(
          SessionScope.fromClaim(item.requireText("scope")).orElseThrow(),
          item.text("app").orElse(null),
          Instant.ofEpochSecond(item.requireNumber("expires")),
          item.text("next").orElse(null));
    }

    Item toItem() {
      return Item.builder()
          .text("scope", scope.claim())
          .text("app", appPassword)
          .text("state", "fresh")
          .number("expires", expires.getEpochSecond())
          .build();
    }

    Refresh renewed(Instant until) {
      return new Refresh(scope, appPassword, until, null);
    }
  }
}

package dev.virga.pds.account;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Active accounts that this process read within the last seconds, under the names that they were
 * asked for by: a part of {@link Accounts}.
 *
 * <p>Whatever changes an account in this process makes it forget; what another process changes
 * shows after {@link #LIFETIME}. Only active accounts are kept, so that nobody is refused for a
 * state that has ended.
 */
final class RecentAccounts {
  static final Duration LIFETIME = Duration.ofSeconds(5);

  /** At about a kilobyte each. */
  private static final int REMEMBERED = 4_000;

  private record Seen(Account account, Instant until) {}

  private final InstantSource clock;
  private final Map<AtIdentifier, Seen> seen = new Lru();

  RecentAccounts(InstantSource clock) {
    this.clock = clock;
  }

  synchronized Optional<Account> find(AtIdentifier name) {
    Seen found = seen.get(name);
    return found != null && clock.instant().isBefore(found.until())
        ? Optional.of(found.account())
        : Optional.empty();
  }

  synchronized void keep(AtIdentifier name, Account account) {
    if (account.status().isActive()) {
      seen.put(name, new Seen(account, clock.instant().plus(LIFETIME)));
    }
  }

  synchronized void forget(Did did) {
    seen.values().removeIf(found -> found.account().did().equals(did));
  }

  private static final class Lru extends LinkedHashMap<AtIdentifier, Seen> {
    private static final long serialVersionUID = 1L;

    Lru() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<AtIdentifier, Seen> eldest) {
      return size() > REMEMBERED;
    }
  }
}

package dev.virga.pds.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.pds.FakeClock;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoFixture;
import dev.virga.pds.repo.RepoState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
  private final RepoFixture repo = new RepoFixture();
  private final FakeClock clock = new FakeClock();
  private final List<String> pages = new ArrayList<>();

  /** Three accounts, of which only one has a repository. */
  private final HostedRepos repos =
      new HostedRepos() {
        @Override
        public Optional<HostedRepo> find(AtIdentifier account) {
          return Optional.empty();
        }

        @Override
        public List<HostedRepo> list(@Nullable String cursor, int limit) {
          int from = cursor == null ? 0 : Integer.parseInt(cursor);
          pages.add(from + "+" + limit);
          List<HostedRepo> page = new ArrayList<>();
          for (int i = from; i < Math.min(3, from + limit); i++) {
            page.add(new HostedRepo(RepoFixture.DID, null, RepoState.ACTIVE, "" + (i + 1)));
          }
          return page;
        }
      };

  private final Housekeeping house =
      new Housekeeping(repo.memory, repos, repo.upkeep(), repo.snapshots(), clock);

  @Test
  void aRoundGoesOnWhereItStoppedAndEnds() {
    assertThat(house.goOn(2)).isTrue();
    assertThat(house.goOn(2)).isFalse();
    assertThat(pages).containsExactly("0+2", "2+2");
  }

  @Test
  void theNextRoundBeginsADayLater() {
    house.goOn(10);
    assertThat(house.goOn(10)).isFalse();
    assertThat(pages).hasSize(1);
    clock.advance(Duration.ofDays(1));
    house.goOn(10);
    assertThat(pages).containsExactly("0+10", "0+10");
  }

  @Test
  void anAccountThatFailsDoesNotHoldUpTheOthers() {
    repo.damageHead();
    assertThat(house.goOn(2)).isTrue();
    assertThat(house.goOn(2)).isFalse();
  }
}

package dev.virga.pds.upkeep;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoFixture;
import dev.virga.pds.repo.RepoState;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StragglersTest {
  private final RepoFixture repo = new RepoFixture();
  private final Changes.Listener sequencer = repo.sequencer;

  /** Some accounts that wrote nothing around the one that did. */
  private static final class ManyRepos implements HostedRepos {
    @Override
    public Optional<HostedRepo> find(AtIdentifier account) {
      return Optional.empty();
    }

    @Override
    public List<HostedRepo> list(@Nullable String cursor, int limit) {
      int from = cursor == null ? 0 : Integer.parseInt(cursor) + 1;
      List<HostedRepo> page = new ArrayList<>();
      for (int i = from; i < Math.min(from + limit, 250); i++) {
        Did did = i == 120 ? DID : Did.parse("did:web:u" + i + ".example.com");
        page.add(new HostedRepo(did, null, RepoState.ACTIVE, String.valueOf(i)));
      }
      return page;
    }
  }

  private Stragglers stragglers(Changes.Listener listener) {
    return new Stragglers(repo.memory, new ManyRepos(), listener);
  }

  /** As if the stream had forgotten all of it. */
  private void forget() throws Exception {
    repo.memory.pump(_ -> {});
  }

  @Test
  void whatNoFeedBroughtIsNumberedInOrder() throws Exception {
    for (int i = 0; i < 130; i++) {
      repo.write(creation("r" + i));
    }
    forget();
    List<String> keys = new ArrayList<>();
    int delivered =
        stragglers(
                batch -> {
                  batch.stream().map(Change::key).forEach(key -> keys.add(key.sort()));
                  sequencer.accept(batch);
                })
            .all();
    assertThat(delivered).isEqualTo(131); // with the repository's first
    assertThat(keys).isSorted().hasSize(131).allMatch(key -> key.startsWith(Outbox.PREFIX));
    assertThat(repo.log.after(0, repo.log.last(), 1_000)).hasSizeGreaterThanOrEqualTo(131);
  }

  @Test
  void whatHasANumberIsLeftAlone() throws Exception {
    repo.write(creation("a"));
    repo.settle();
    long last = repo.log.last();
    assertThat(stragglers(sequencer).all()).isZero();
    repo.write(creation("b"));
    forget();
    assertThat(stragglers(sequencer).all()).isEqualTo(1);
    assertThat(repo.log.last()).isGreaterThan(last);
    assertThat(stragglers(sequencer).all()).isZero();
  }

  @Test
  void aRoundGoesOnWhereAnotherStopped() throws Exception {
    repo.write(creation("a"));
    forget();
    assertThat(stragglers(sequencer).goOn(100)).isTrue();
    assertThat(repo.log.last()).isZero();
    assertThat(stragglers(sequencer).goOn(100)).isTrue();
    assertThat(repo.log.last()).isPositive();
    assertThat(stragglers(sequencer).goOn(100)).isFalse();
    assertThat(stragglers(sequencer).goOn(100)).isTrue();
  }

  @Test
  void anAccountThatCannotBeHelpedIsPassedOverForNow() throws Exception {
    repo.write(creation("a"));
    forget();
    Stragglers refused =
        stragglers(
            _ -> {
              throw new IllegalStateException("not now");
            });
    while (refused.goOn(100)) {
      // on with the round
    }
    assertThat(stragglers(sequencer).all()).isEqualTo(2);
  }

  @Test
  void aRefusalIsToldAndLosesNothing() throws Exception {
    repo.write(creation("a"));
    forget();
    Stragglers refused =
        stragglers(
            _ -> {
              throw new IllegalStateException("not now");
            });
    assertThatThrownBy(refused::all).hasMessage("not now");
    assertThat(stragglers(sequencer).all()).isEqualTo(2);
  }
}

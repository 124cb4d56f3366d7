package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BacklogTest {
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

  private Backlog backlog(Changes.Listener listener) {
    return new Backlog(repo.memory, new ManyRepos(), listener);
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
        backlog(
                batch -> {
                  batch.stream().map(Change::key).forEach(key -> keys.add(key.sort()));
                  sequencer.accept(batch);
                })
            .deliver();
    assertThat(delivered).isEqualTo(131); // with the repository's first
    assertThat(keys).isSorted().hasSize(131).allMatch(key -> key.startsWith(Outbox.PREFIX));
    assertThat(repo.log.after(0, repo.log.last(), 1_000)).hasSizeGreaterThanOrEqualTo(131);
  }

  @Test
  void whatHasANumberIsLeftAlone() throws Exception {
    repo.write(creation("a"));
    repo.settle();
    long last = repo.log.last();
    assertThat(backlog(sequencer).deliver()).isZero();
    repo.write(creation("b"));
    forget();
    assertThat(backlog(sequencer).deliver()).isEqualTo(1);
    assertThat(repo.log.last()).isGreaterThan(last);
    assertThat(backlog(sequencer).deliver()).isZero();
  }

  @Test
  void aRefusalIsToldAndLosesNothing() throws Exception {
    repo.write(creation("a"));
    forget();
    Backlog refused =
        backlog(
            _ -> {
              throw new IllegalStateException("not now");
            });
    assertThatThrownBy(refused::deliver).hasMessage("not now");
    assertThat(backlog(sequencer).deliver()).isEqualTo(2);
  }
}

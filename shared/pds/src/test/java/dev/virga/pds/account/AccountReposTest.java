package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.RepoState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountReposTest {
  private final AccountFixture pds = new AccountFixture();
  private final AccountRepos repos = new AccountRepos(pds.index, pds.accounts);

  @Test
  void findsByHandleAndDid() {
    Account alice = pds.account("alice");

    HostedRepo repo = repos.find(alice.did()).orElseThrow();
    assertThat(repo.state()).isEqualTo(RepoState.ACTIVE);
    assertThat(repos.find(Handle.parse("alice.pds.test"))).contains(repo);
    assertThat(repos.find(Handle.parse("bob.pds.test"))).isEmpty();
  }

  @Test
  void pagesThroughAllInTheOrderTheyWereMade() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(pds.account("user" + i).handle().text());
      pds.clock.advance(Duration.ofMillis(i % 2));
    }

    List<String> listed = new ArrayList<>();
    String cursor = null;
    for (List<HostedRepo> page = repos.list(cursor, 2);
        !page.isEmpty();
        page = repos.list(cursor, 2)) {
      assertThat(page).hasSizeLessThanOrEqualTo(2);
      page.forEach(repo -> listed.add(String.valueOf(repo.handle())));
      cursor = page.getLast().cursor();
    }

    assertThat(listed).containsExactlyInAnyOrderElementsOf(made);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "1::did:plc:a", "1234567890123::alice", "1234567890123:did:plc:a"})
  void refusesOtherCursors(@Nullable String cursor) {
    assertThatThrownBy(() -> repos.list(cursor, 10)).isInstanceOf(XrpcException.class);
  }
}

package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.XrpcException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountSearchTest {
  private final AccountFixture pds = new AccountFixture();
  private final AccountSearch search = new AccountSearch(pds.index, pds.accounts);

  @BeforeEach
  void signUp() {
    for (String name : List.of("anna", "berta", "annabel", "zoe")) {
      pds.account(name);
      pds.clock.advance(Duration.ofSeconds(1));
    }
  }

  private static List<String> names(AccountSearch.Found found) {
    return found.accounts().stream()
        .map(account -> account.handle().text().replace(".pds.test", ""))
        .toList();
  }

  @Test
  void aWholeAddressFindsItsAccount() {
    assertThat(names(search.byEmail("Anna@example.org", Optional.empty(), 10)))
        .containsExactly("anna");
    assertThat(names(search.byEmail("nobody@example.org", Optional.empty(), 10))).isEmpty();
  }

  @Test
  void aPartFindsAllThatHaveIt() {
    AccountSearch.Found found = search.byEmail("ANNA", Optional.empty(), 10);

    assertThat(names(found)).containsExactly("anna", "annabel");
    assertThat(found.cursor()).isEmpty();
  }

  @Test
  void pagesFollowEachOther() {
    List<String> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      AccountSearch.Found found = search.byEmail("", cursor, 1);
      all.addAll(names(found));
      cursor = found.cursor();
    } while (cursor.isPresent());

    assertThat(all).containsExactly("anna", "berta", "annabel", "zoe");
  }

  @Test
  void aMalformedCursorIsRefused() {
    assertThatThrownBy(() -> search.byEmail("a", Optional.of("x"), 1))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("InvalidRequest"));
  }
}

package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlePolicyTest {
  private static final Did ALICE = Did.parse("did:plc:alice");

  private final AccountFixture pds = new AccountFixture();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice.pds.test",
        "ALICE.pds.test",
        "abc.pds.test",
        "a-b.pds.test",
        "123.pds.test",
        "aaaaaaaaaaaaaaaaaa.pds.test",
        "nightly.pds.test",
        "snigger.pds.test",
        "raccoon.pds.test"
      })
  void givesOutOneLabelUnderItsDomains(String handle) {
    assertThat(pds.handlePolicy.accept(handle, null).text())
        .isEqualTo(handle.toLowerCase(java.util.Locale.ROOT));
  }

  @ParameterizedTest
  @CsvSource({
    "al.pds.test, InvalidHandle",
    "a.lice.pds.test, InvalidHandle",
    "aaaaaaaaaaaaaaaaaaa.pds.test, InvalidHandle",
    "alice_.pds.test, InvalidHandle",
    "-alice.pds.test, InvalidHandle",
    "pds.test, UnsupportedDomain",
    "alice.local, InvalidHandle",
    "alice.onion, InvalidHandle",
    "alice.internal, InvalidHandle",
    "www.pds.test, HandleNotAvailable",
    "atproto.pds.test, HandleNotAvailable",
    "support.pds.test, HandleNotAvailable",
    "alice.example.org, UnsupportedDomain"
  })
  void refusesOthers(String handle, String error) {
    assertThatThrownBy(() -> pds.handlePolicy.accept(handle, null))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void believesOtherDomainsAboutTheirOwnHandles() {
    assertThatThrownBy(() -> pds.handlePolicy.accept("alice.example.org", ALICE))
        .isInstanceOf(XrpcException.class);
    pds.dns.put("_atproto.alice.example.org", List.of("did=did:plc:bob"));
    assertThatThrownBy(() -> pds.handlePolicy.accept("alice.example.org", ALICE))
        .isInstanceOf(XrpcException.class);
    pds.dns.put("_atproto.alice.example.org", List.of("did=did:plc:alice"));
    assertThat(pds.handlePolicy.accept("alice.example.org", ALICE).text())
        .isEqualTo("alice.example.org");
  }

  @Test
  void slursAreFoundHoweverTheyAreWritten() {
    SlurFilter filter = SlurFilter.bundled();

    // Decoded here as in the list itself: nobody should have to read them.
    for (String rotated :
        new String[] {"avttre", "a1ttre", "a-v-t-t-r-e", "sntt0g", "genaal", "xvxr"}) {
      assertThat(filter.matches(rot13(rotated) + ".pds.test")).as(rotated).isTrue();
    }
    for (String fine : new String[] {"alice", "nigel", "niger-delta", "cocoon", "kiki"}) {
      assertThat(filter.matches(fine + ".pds.test")).as(fine).isFalse();
    }
  }

  private static String rot13(String text) {
    return text.chars()
        .map(c -> c >= 'a' && c <= 'z' ? 'a' + (c - 'a' + 13) % 26 : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}

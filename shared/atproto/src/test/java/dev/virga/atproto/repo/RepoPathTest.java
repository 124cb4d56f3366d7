package dev.virga.atproto.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.atproto.syntax.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepoPathTest {
  @Test
  void isCollectionSlashRecordKey() {
    RepoPath path = RepoPath.parse("app.bsky.feed.post/3jqfcqzm3fo2j");
    assertThat(path.collection()).isEqualTo(Nsid.parse("app.bsky.feed.post"));
    assertThat(path.rkey()).isEqualTo(RecordKey.parse("3jqfcqzm3fo2j"));
    assertThat(path).hasToString("app.bsky.feed.post/3jqfcqzm3fo2j");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "app.bsky.feed.post",
        "app.bsky.feed.post/",
        "/self",
        "x/y",
        "a.b.c/d/e",
        "a.b.c/.",
        "a.b.c/.."
      })
  void refusesOtherForms(String text) {
    assertThatThrownBy(() -> RepoPath.parse(text)).isInstanceOf(SyntaxException.class);
  }
}

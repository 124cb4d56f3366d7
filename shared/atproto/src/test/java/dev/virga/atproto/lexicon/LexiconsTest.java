package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Nsid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LexiconsTest {
  private final Lexicons lexicons = Lexicons.bundled();

  @Test
  void knowsWhatIsBundledAndNothingElse() {
    assertThat(lexicons.isKnown(Nsid.parse("app.bsky.feed.post"))).isTrue();
    assertThat(lexicons.isKnown(Nsid.parse("com.atproto.sync.getRepo"))).isTrue();
    assertThat(lexicons.isKnown(Nsid.parse("com.example.absent"))).isFalse();
    assertThat(lexicons.ids()).hasSize(317);
  }

  @Test
  void listsAllRecordTypes() {
    assertThat(lexicons.records())
        .hasSize(20)
        .contains(Nsid.parse("app.bsky.feed.like"), Nsid.parse("com.atproto.lexicon.schema"))
        .allSatisfy(id -> assertThat(lexicons.record(id)).isPresent());
  }

  @Test
  void tellsMethodsFromRecords() {
    assertThat(lexicons.method(Nsid.parse("app.bsky.feed.post"))).isEmpty();
    assertThat(lexicons.record(Nsid.parse("com.atproto.sync.getRepo"))).isEmpty();
    assertThat(lexicons.method(Nsid.parse("app.bsky.feed.defs"))).isEmpty();
    assertThat(lexicons.method(Nsid.parse("com.example.absent"))).isEmpty();
  }

  @Test
  void loadsADocumentOnceAndOnlyWhenNeeded() {
    List<Nsid> loads = new ArrayList<>();
    LexiconDocuments inner =
        LexiconDocuments.of(
            List.of(Fixture.document("{'type':'ref','ref':'#y'}", ",'y':{'type':'integer'}")));
    Lexicons counted =
        new Lexicons(
            new LexiconDocuments() {
              @Override
              public Optional<LexiconDocument> find(Nsid id) {
                loads.add(id);
                return inner.find(id);
              }

              @Override
              public Set<Nsid> ids() {
                return inner.ids();
              }

              @Override
              public Set<Nsid> records() {
                return inner.records();
              }
            });
    assertThat(counted.isKnown(Fixture.THING)).isTrue();
    assertThat(loads).isEmpty();
    for (int i = 0; i < 3; i++) {
      counted.record(Fixture.THING).orElseThrow().validate(Fixture.thing("1"));
    }
    assertThat(loads).containsExactly(Fixture.THING);
  }

  @Test
  void methodsAndPermissionSetsAreNoSchemasOfValues() {
    assertThatThrownBy(() -> lexicons.schema("com.atproto.sync.getRepo#main"))
        .isInstanceOf(LexiconException.class)
        .hasMessage("not a schema of values: com.atproto.sync.getRepo#main");
    assertThatThrownBy(() -> lexicons.schema("app.bsky.authFullApp#main"))
        .isInstanceOf(LexiconException.class);
    assertThatThrownBy(() -> lexicons.schema("app.bsky.feed.defs#absent"))
        .isInstanceOf(LexiconException.class)
        .hasMessage("no definition of app.bsky.feed.defs#absent");
  }

  @Test
  void recordsCanBeReferredTo() {
    assertThat(lexicons.schema("app.bsky.feed.post#main")).isInstanceOf(ObjectSchema.class);
  }
}

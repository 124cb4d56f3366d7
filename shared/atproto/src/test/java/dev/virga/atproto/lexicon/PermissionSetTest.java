package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.lexicon.Permission.Action;
import dev.virga.atproto.lexicon.Permission.Other;
import dev.virga.atproto.lexicon.Permission.Repo;
import dev.virga.atproto.lexicon.Permission.Rpc;
import dev.virga.atproto.syntax.Nsid;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionSetTest {
  private final PermissionSet catalog =
      LexiconDocument.parse(Fixture.vector("catalog/permission-set.json"))
          .permissionSet()
          .orElseThrow();

  @Test
  void speaksTheLanguageAskedForOrTheCommonOne() {
    assertThat(catalog.title("de")).contains("Example for Moderation");
    assertThat(catalog.title("fr")).contains("Example for Modération");
    assertThat(catalog.title("fr-CA")).contains("Example for Modération");
    assertThat(catalog.detail("fr-FR")).contains("Créer des rapports de modération");
    assertThat(catalog.detail("fr")).contains("Create moderation reports");
  }

  @Test
  void readsWhatItGrants() {
    assertThat(catalog.permissions())
        .hasSize(6)
        .contains(
            new Repo(
                List.of("com.example.calendar.event", "com.example.calendar.rsvp"),
                Set.of(Action.DELETE, Action.CREATE)),
            new Rpc(List.of("com.example.calendar.listEvents"), "*", false),
            new Rpc(List.of("*"), null, true));
  }

  @Test
  void noActionsMeanAll() {
    assertThat(permission("'resource':'repo','collection':['a.b.c']"))
        .isEqualTo(new Repo(List.of("a.b.c"), Set.of(Action.values())));
  }

  @Test
  void otherResourcesAreKeptApart() {
    assertThat(permission("'resource':'blob','accept':['*/*']")).isInstanceOf(Other.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "'resource':'repo' => collection must not be empty",
        "'resource':'repo','collection':['a'] => collection must hold valid nsids",
        "'resource':'repo','collection':['a.b.c'],'action':['read']"
            + " => action must hold create, update or delete",
        "'resource':'rpc','lxm':[] => lxm must not be empty",
        "'resource':'rpc','lxm':['a.b.c'],'inheritAud':1 => inheritAud must be a boolean",
        "'lxm':['a.b.c'] => resource must be a string",
      })
  void refusesWhatMakesNoSense(String entry, String problem) {
    assertThatThrownBy(() -> permission(entry))
        .isInstanceOf(LexiconException.class)
        .hasMessage("Lexicon/defs/main/permissions/0/" + problem);
  }

  @Test
  void bundledSetsCanBeLookedUp() {
    Lexicons lexicons = Lexicons.bundled();
    PermissionSet set =
        lexicons.permissionSet(Nsid.parse("app.bsky.authCreatePosts")).orElseThrow();
    assertThat(set.title("en")).contains("Create Bluesky Posts");
    assertThat(set.permissions()).hasSize(2);
    assertThat(lexicons.permissionSet(Nsid.parse("app.bsky.feed.post"))).isEmpty();
  }

  private static Permission permission(String entry) {
    String json =
        "{'lexicon':1,'id':'com.example.set','defs':{'main':{'type':'permission-set',"
            + "'permissions':[{'type':'permission',"
            + entry
            + "}]}}}";
    return LexiconDocument.parse(Fixture.json(json))
        .permissionSet()
        .orElseThrow()
        .permissions()
        .getFirst();
  }
}

package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.PdsServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupsTest {
  @TempDir Path scratch;

  private List<Nsid> methods() {
    return new PdsServer(scratch, Map.of()).methods();
  }

  private static Group of(String method) {
    return Groups.of(Nsid.parse(method));
  }

  @Test
  void everyMethodOfOursHasAGroupThatIsNotTheCatchAll() {
    assertThat(methods()).hasSizeGreaterThan(60).noneMatch(m -> Groups.of(m) == Group.PROXY);
  }

  @Test
  void methodsOfOthersGoToTheCatchAll() {
    assertThat(of("app.bsky.feed.getTimeline")).isEqualTo(Group.PROXY);
    assertThat(of("com.example.foo")).isEqualTo(Group.PROXY);
  }

  @Test
  void whatChangesARepositoryIsApartFromWhatReadsIt() {
    assertThat(of("com.atproto.repo.createRecord")).isEqualTo(Group.WRITE);
    assertThat(of("com.atproto.repo.uploadBlob")).isEqualTo(Group.WRITE);
    assertThat(of("com.atproto.repo.getRecord")).isEqualTo(Group.READ);
    assertThat(of("com.atproto.sync.getRepo")).isEqualTo(Group.READ);
  }

  @Test
  void onlyTheOperatorsMethodsAreInTheOperatorsFunction() {
    assertThat(methods().stream().filter(method -> Groups.of(method) == Group.ADMIN))
        .allMatch(
            method ->
                method.text().startsWith("com.atproto.admin.")
                    || method.text().startsWith("com.atproto.server.createInviteCode"));
  }

  @Test
  void everyGroupHasItsEntry() {
    assertThat(Arrays.stream(Group.values()).map(Group::entry))
        .allSatisfy(
            entry ->
                assertThat(Class.forName("dev.virga.functions.lambda." + entry).getConstructor())
                    .isNotNull());
  }
}

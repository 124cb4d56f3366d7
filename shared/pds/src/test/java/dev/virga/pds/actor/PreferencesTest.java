package dev.virga.pds.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountFixture;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PreferencesTest {
  private final AccountFixture pds = new AccountFixture();
  private final Preferences preferences = new Preferences(pds.index, pds.clock);
  private final Did alice = pds.account("alice").did();
  private final Did bob = pds.account("bob").did();

  private static Value.Obj preference(String type) {
    return Value.Obj.builder().put("$type", type).put("value", 1).build();
  }

  private static Value.Obj born(String date) {
    return Value.Obj.builder()
        .put("$type", "app.bsky.actor.defs#personalDetailsPref")
        .put("birthDate", date)
        .build();
  }

  private static final Value.Obj FEEDS = preference("app.bsky.actor.defs#savedFeedsPref");
  private static final Value.Obj OTHER = preference("app.bsky.something.else#pref");

  private Optional<Value.Obj> age() {
    return preferences.get(alice, false).stream()
        .filter(p -> p.text("$type").equals(Optional.of("app.bsky.actor.defs#declaredAgePref")))
        .findFirst();
  }

  private void assertRefused(List<Value> put, boolean full) {
    assertThatThrownBy(() -> preferences.put(alice, put, full))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("InvalidRequest"));
  }

  @Test
  void eachPutReplacesAllOfOneAccount() {
    preferences.put(bob, List.of(OTHER), true);
    preferences.put(alice, List.of(FEEDS, OTHER), true);
    preferences.put(alice, List.of(OTHER), true);

    assertThat(preferences.get(alice, true)).containsExactly(OTHER);
    assertThat(preferences.get(bob, true)).containsExactly(OTHER);
    preferences.put(alice, List.of(), true);
    assertThat(preferences.get(alice, true)).isEmpty();
  }

  @Test
  void personalDetailsAreForTheOwnerAlone() {
    preferences.put(alice, List.of(born("2000-05-01T00:00:00Z")), true);

    assertThat(preferences.get(alice, true)).contains(born("2000-05-01T00:00:00Z"));
    assertThat(preferences.get(alice, false)).doesNotContain(born("2000-05-01T00:00:00Z"));
    assertRefused(List.of(born("1990-05-01T00:00:00Z")), false);
    preferences.put(alice, List.of(FEEDS), false);
    assertThat(preferences.get(alice, true))
        .startsWith(born("2000-05-01T00:00:00Z"))
        .endsWith(FEEDS)
        .hasSize(3);
    preferences.put(alice, List.of(FEEDS), true);
    assertThat(preferences.get(alice, true)).containsExactly(FEEDS);
  }

  @Test
  void theAgeFollowsFromTheBirthDate() {
    // It is the 1st of March 2026.
    preferences.put(alice, List.of(born("2010-03-01T00:00:00Z")), true);
    assertThat(age().orElseThrow().bool("isOverAge13")).contains(true);
    assertThat(age().orElseThrow().bool("isOverAge16")).contains(true);
    assertThat(age().orElseThrow().bool("isOverAge18")).contains(false);

    preferences.put(alice, List.of(born("2010-03-02T00:00:00Z")), true);
    assertThat(age().orElseThrow().bool("isOverAge16")).contains(false);
    preferences.put(alice, List.of(born("2013-03-02T00:00:00Z")), true);
    assertThat(age().orElseThrow().bool("isOverAge13")).contains(false);
  }

  @Test
  void noBirthDateSaysNothingAboutTheAge() {
    preferences.put(alice, List.of(FEEDS, born("unknown"), born("soon")), true);

    assertThat(age()).isEmpty();
  }

  @Test
  void whatIsComputedIsNotStored() {
    Value.Obj lie =
        Value.Obj.builder()
            .put("$type", "app.bsky.actor.defs#declaredAgePref")
            .put("isOverAge18", true)
            .build();

    preferences.put(alice, List.of(FEEDS, lie), true);

    assertThat(preferences.get(alice, true)).containsExactly(FEEDS);
  }

  @Test
  void onlyPreferencesOfTheNamespaceAreTaken() {
    preferences.put(alice, List.of(FEEDS), true);

    assertRefused(List.of(OTHER, preference("com.example.pref")), true);
    assertRefused(List.of(preference("app.bskyish.pref")), true);
    assertRefused(List.of(Value.of("text")), true);
    assertRefused(List.of(Value.Obj.EMPTY), true);
    assertThat(preferences.get(alice, true)).containsExactly(FEEDS);
  }

  @Test
  void thereAreBounds() {
    assertRefused(Collections.nCopies(Preferences.MAX_PREFERENCES + 1, OTHER), true);
    Value.Obj large =
        Value.Obj.builder()
            .put("$type", "app.bsky.large")
            .put("text", "x".repeat(Preferences.MAX_BYTES))
            .build();
    assertRefused(List.of(large), true);
    preferences.put(alice, Collections.nCopies(Preferences.MAX_PREFERENCES, (Value) OTHER), true);
    assertThat(preferences.get(alice, true)).hasSize(Preferences.MAX_PREFERENCES);
  }
}

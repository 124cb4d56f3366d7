package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Interop.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MstKeyTest {
  @Test
  void heightsAreThoseOfTheVectors() {
    assertThat(Interop.objects("mst/key_heights.json"))
        .isNotEmpty()
        .allSatisfy(
            vector ->
                assertThat(MstKey.height(string(vector, "key"))).isEqualTo(vector.get("height")));
  }

  @Test
  void exampleKeysHaveTheHeightInTheirName() {
    assertThat(Interop.lines("mst/example_keys.txt"))
        .hasSize(156)
        .allSatisfy(key -> assertThat(MstKey.height(key)).isEqualTo(key.charAt(1) - '0'));
  }

  @Test
  void commonPrefixesAreThoseOfTheVectors() {
    assertThat(Interop.objects("mst/common_prefix.json"))
        .isNotEmpty()
        .allSatisfy(
            vector ->
                assertThat(MstKey.commonPrefix(string(vector, "left"), string(vector, "right")))
                    .isEqualTo(vector.get("len")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a/b", "coll/3jqfcqzm3fo2j", "coll/jalapeA", "coll/-._~:", "com.example.x/self"})
  void acceptsTheFormCollectionSlashRkey(String key) {
    assertThat(MstKey.check(key)).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a",
        "a/",
        "/b",
        "a/b/c",
        "coll//x",
        "a/b ",
        "coll/jalapeño",
        "coll/@handle",
        "coll/key%",
        "coll/a+b",
        "coll/\u0000"
      })
  void refusesOtherForms(String key) {
    assertThatThrownBy(() -> MstKey.check(key)).isInstanceOf(DataException.class);
  }

  @Test
  void refusesKeysLongerThanTheLimit() {
    String longest = "coll/" + "a".repeat(MstKey.MAX_LENGTH - 5);
    assertThat(MstKey.check(longest)).isEqualTo(longest);
    assertThatThrownBy(() -> MstKey.check(longest + "a")).isInstanceOf(DataException.class);
  }
}

package dev.virga.functions.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Value;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.InviteCodes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InviteAdministrationTest {
  private static final String ALICE = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  private final AdminServer server = new AdminServer(new AccountFixture(index -> index, true));
  private final AccountFixture pds = server.pds;

  private String code(String holder) {
    pds.clock.advance(Duration.ofSeconds(1));
    return pds.invites.create(holder, InviteCodes.ADMIN, 1, 5).getFirst();
  }

  private void use(String code, String name) {
    assertThat(pds.signUp.signUp(AccountFixture.application(name, code), null)).isNotNull();
  }

  private static List<String> codes(Answer answer) {
    return answer.json().array("codes").orElseThrow().stream()
        .map(code -> ((Value.Obj) code).text("code").orElseThrow())
        .toList();
  }

  private List<String> pages(String query) {
    List<String> all = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = server.get("getInviteCodes", query + cursor);
      all.addAll(codes(page));
      cursor =
          page.json()
              .text("cursor")
              .map(text -> "&cursor=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
              .orElse("");
    } while (!cursor.isEmpty());
    return all;
  }

  private static Value.Obj body(String field, String... values) {
    List<Value> items = Arrays.stream(values).map(Value::of).toList();
    return Value.Obj.builder().put(field, new Value.Array(items)).build();
  }

  private boolean isDisabled(String code) {
    return pds.invites.find(code).orElseThrow().disabled();
  }

  @Test
  void codesAreListedByAgeAndByUse() {
    String first = code(InviteCodes.ADMIN);
    String second = code(InviteCodes.ADMIN);
    String third = code(InviteCodes.ADMIN);
    use(first, "anna");
    use(second, "berta");
    use(first, "carla");

    assertThat(pages("limit=2")).containsExactly(third, second, first);
    assertThat(pages("sort=usage&limit=1")).containsExactly(first, second, third);
    Value.Obj shown =
        (Value.Obj)
            server
                .get("getInviteCodes", "sort=usage")
                .json()
                .array("codes")
                .orElseThrow()
                .getFirst();
    assertThat(shown.integer("available")).hasValue(5);
    assertThat(shown.text("forAccount")).contains("admin");
    assertThat(shown.text("createdBy")).contains("admin");
    assertThat(shown.array("uses").orElseThrow()).hasSize(2);
    assertThat(server.get("getInviteCodes", "sort=age").error()).isEqualTo("400 InvalidRequest");
    assertThat(server.get("getInviteCodes", "cursor=x").error()).isEqualTo("400 InvalidRequest");
    assertThat(server.get("getInviteCodes", "limit=501").error()).isEqualTo("400 InvalidRequest");
  }

  @Test
  void theCodeThatAnAccountCameWithIsShown() {
    String code = code(InviteCodes.ADMIN);
    use(code, "anna");

    Answer info = server.get("getAccountInfo", "did=" + pds.read("anna").did());

    assertThat(info.json().obj("invitedBy").orElseThrow().text("code")).contains(code);
  }

  @Test
  void codesAreDisabledByThemselvesAndByTheirHolders() {
    String one = code(InviteCodes.ADMIN);
    String other = code(InviteCodes.ADMIN);
    String hers = code(ALICE);

    assertThat(server.post("disableInviteCodes", body("codes", one, "unknown")).error())
        .isEqualTo("ok");
    assertThat(server.post("disableInviteCodes", body("accounts", ALICE)).error()).isEqualTo("ok");

    assertThat(isDisabled(one)).isTrue();
    assertThat(isDisabled(hers)).isTrue();
    assertThat(isDisabled(other)).isFalse();
    assertThat(server.post("disableInviteCodes", body("accounts", "admin")).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(server.post("disableInviteCodes", body("accounts", "nobody")).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(isDisabled(other)).isFalse();
  }
}

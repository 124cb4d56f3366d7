package dev.virga.functions.temp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.functions.admin.AdminServer;
import dev.virga.pds.auth.SessionScope;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckSignupQueueTest {
  private final AdminServer server = new AdminServer();
  private final Did alice = server.pds.account("alice").did();

  private Answer get(@Nullable String authorization) {
    return server.server.get("com.atproto.temp.checkSignupQueue", "", authorization);
  }

  @Test
  void everybodyIsIn() {
    for (SessionScope scope :
        EnumSet.of(
            SessionScope.ACCESS,
            SessionScope.APP_PASSWORD,
            SessionScope.APP_PASSWORD_PRIVILEGED,
            SessionScope.SIGNUP_QUEUED)) {
      assertThat(get(server.session(alice, scope)).json().bool("activated")).contains(true);
    }
  }

  @Test
  void othersAreRefused() {
    assertThat(get(null).error()).isEqualTo("401 AuthMissing");
    assertThat(get(AdminServer.ADMIN).error()).isEqualTo("400 InvalidToken");
    assertThat(get(server.session(alice, SessionScope.TAKENDOWN)).error())
        .isEqualTo("400 InvalidToken");
    String refresh = server.pds.sessions.unrecorded(alice, SessionScope.ACCESS).refreshJwt();
    assertThat(get(AccountServer.bearer(refresh)).error()).isEqualTo("400 InvalidToken");
  }
}

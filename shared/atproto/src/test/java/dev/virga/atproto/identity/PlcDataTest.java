package dev.virga.atproto.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlcDataTest {
  private static final PlcData ACCOUNT = Keys.account(Keys.SERVER);

  @Test
  void putsTheHandleInTheOldOnesPlace() {
    PlcData data =
        ACCOUNT.withAlsoKnownAs(List.of("https://a.test", "at://old.test", "at://second.test"));

    assertThat(data.withHandle(Handle.parse("new.test")).alsoKnownAs())
        .containsExactly("https://a.test", "at://new.test", "at://second.test");
  }

  @Test
  void putsTheFirstHandleBeforeOtherAliases() {
    PlcData data = ACCOUNT.withAlsoKnownAs(List.of("https://a.test"));

    assertThat(data.withHandle(Handle.parse("new.test")).alsoKnownAs())
        .containsExactly("at://new.test", "https://a.test");
  }

  @Test
  void replacesOnePartAndKeepsTheOthers() {
    PlcData changed =
        ACCOUNT
            .withSigningKey(Keys.SPARE.publicKey())
            .withPds(URI.create("https://other.example"))
            .withRotationKeys(List.of(Keys.RECOVERY.publicKey()));

    assertThat(changed.verificationMethods())
        .containsOnlyKeys("atproto")
        .containsEntry("atproto", Keys.SPARE.publicKey().didKey());
    assertThat(changed.services())
        .containsEntry(
            "atproto_pds", new PlcService("AtprotoPersonalDataServer", "https://other.example"));
    assertThat(changed.rotationKeys()).isEqualTo(Keys.didKeys(Keys.RECOVERY));
    assertThat(changed.handle()).contains(Handle.parse("alice.test"));
  }

  @Test
  void rendersAsTheDirectoryDoes() {
    Did did = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");

    assertThat(ACCOUNT.toValue(did).entries().keySet())
        .containsExactlyInAnyOrder(
            "did", "rotationKeys", "verificationMethods", "alsoKnownAs", "services");
    assertThat(ACCOUNT.toValue(did).text("did")).contains(did.text());
  }

  @Test
  void claimsNoHandleThatIsNone() {
    assertThat(ACCOUNT.withAlsoKnownAs(List.of()).handle()).isEmpty();
    assertThat(ACCOUNT.withAlsoKnownAs(List.of("at://no", "at://a.test")).handle()).isEmpty();
  }
}

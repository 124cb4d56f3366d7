package dev.virga.pds.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LettersTest {
  private static final String TO = "alice@example.org";
  private static final Handle ALICE = Handle.parse("alice.pds.example.com");
  private static final String TOKEN = "ABCDE-23456";

  private final Letters letters =
      new Letters(
          Configs.with(
              "PDS_HOSTNAME", "pds.example.com",
              "PDS_SERVICE_NAME", "Tom & <Jerry>'s",
              "PDS_CONTACT_EMAIL_ADDRESS", "help@example.com"));

  static Stream<Mail> withTokens() {
    Letters letters = new Letters(Configs.with("PDS_HOSTNAME", "pds.example.com"));
    return Stream.of(
        letters.confirmEmail(TO, ALICE, TOKEN),
        letters.updateEmail(TO, ALICE, TOKEN),
        letters.resetPassword(TO, ALICE, TOKEN),
        letters.deleteAccount(TO, ALICE, TOKEN),
        letters.plcOperation(TO, ALICE, TOKEN));
  }

  @ParameterizedTest
  @MethodSource("withTokens")
  void eachLetterHasTheTokenAndForWhomBothInTextAndInHtml(Mail mail) {
    assertThat(mail.to()).isEqualTo(TO);
    assertThat(mail.kind()).isEqualTo(Mail.Kind.SERVICE);
    assertThat(mail.subject()).contains("(pds.example.com)").doesNotContain(TOKEN);
    for (String body : List.of(mail.text(), mail.html())) {
      assertThat(body)
          .contains(TOKEN, "@alice.pds.example.com", "15 minutes", "https://pds.example.com");
    }
    assertThat(mail.text().lines()).contains("    " + TOKEN);
    assertThat(mail.html()).startsWith("<!doctype html>");
  }

  @Test
  void eachLetterKnowsItsPurpose() {
    assertThat(withTokens().map(mail -> mail.purpose().text()))
        .containsExactly(
            "confirm_email", "update_email", "reset_password", "delete_account", "plc_operation");
    assertThat(withTokens().map(Mail::subject)).doesNotHaveDuplicates();
  }

  @Test
  void namesAreEscaped() {
    Mail mail = letters.confirmEmail(TO, ALICE, "<i>\"'&");
    assertThat(mail.subject()).endsWith("(Tom & <Jerry>'s)");
    assertThat(mail.text()).contains("Tom & <Jerry>'s", "<i>\"'&");
    assertThat(mail.html())
        .contains("Tom &amp; &lt;Jerry&gt;&#39;s", "&lt;i&gt;&quot;&#39;&amp;", "help@example.com")
        .contains("verify-email?code=%3Ci%3E%22%27%26\"")
        .doesNotContain("<Jerry>", "<i>");
  }

  @Test
  void aConfirmationMayDoWithoutALink() {
    Letters without =
        new Letters(
            Configs.with(
                "PDS_HOSTNAME", "pds.example.com", "PDS_EMAIL_DISABLE_CONFIRMATION_LINK", "true"));
    assertThat(without.confirmEmail(TO, ALICE, TOKEN).text()).doesNotContain("bsky.app");
    assertThat(letters.confirmEmail(TO, ALICE, TOKEN).text())
        .contains("https://bsky.app/intent/verify-email?code=ABCDE-23456");
  }

  @Test
  void aLaptopsLinkWouldLeadNowhere() {
    Letters laptop = new Letters(Configs.with());
    assertThat(laptop.confirmEmail(TO, ALICE, TOKEN).text()).doesNotContain("bsky.app");
  }

  @Test
  void aNameOfSeveralLinesBecomesOne() {
    Letters odd = new Letters(Configs.with("PDS_SERVICE_NAME", "two\r\nlines"));
    assertThat(odd.updateEmail(TO, ALICE, TOKEN).subject()).endsWith("(two lines)");
  }

  @Test
  void theOperatorsTextIsEscapedAndKeepsItsParagraphs() {
    Mail mail =
        letters.message(TO, Optional.of("Über <Dinge>"), "Hi & bye,\r\n1 < 2\n\n \nyours\n");
    assertThat(mail.subject()).isEqualTo("Über <Dinge>");
    assertThat(mail.kind()).isEqualTo(Mail.Kind.MODERATION);
    assertThat(mail.purpose()).isEqualTo(Mail.Purpose.MESSAGE);
    assertThat(mail.text()).contains("Hi & bye,\n1 < 2\n\nyours");
    assertThat(mail.html())
        .contains("<p>Hi &amp; bye,<br>\n1 &lt; 2</p>\n<p>yours</p>", "Über &lt;Dinge&gt;");
  }

  @Test
  void theOperatorsHtmlIsSentAsItIsAndAsText() {
    Mail mail = letters.message(TO, Optional.empty(), "<p>Hi,</p><p>1 &lt; 2</p>");
    assertThat(mail.subject()).isEqualTo("Message via your PDS");
    assertThat(mail.html()).isEqualTo("<p>Hi,</p><p>1 &lt; 2</p>");
    assertThat(mail.text()).isEqualTo("Hi,\n\n1 < 2");
  }

  @Test
  void theOperatorsSubjectIsOneLine() {
    assertThatThrownBy(() -> letters.message(TO, Optional.of("a\r\nBcc: b@c.d"), "x"))
        .isInstanceOf(SyntaxException.class);
    assertThat(letters.message(TO, Optional.of(" "), "").subject())
        .isEqualTo("Message via your PDS");
  }
}

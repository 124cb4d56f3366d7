package dev.virga.pds.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.FakeClock;
import org.junit.jupiter.api.Test;

final class DevMailboxTest {
  private final DevMailbox box = new DevMailbox(new FakeClock());

  private static Mail mail(String to, int number) {
    return new Mail(to, "no. " + number, "t", "h", Mail.Purpose.MESSAGE, Mail.Kind.SERVICE);
  }

  @Test
  void theLatestComesFirst() {
    box.send(mail("a@b.example", 1));
    box.send(mail("c@d.example", 2));
    assertThat(box.all()).extracting(one -> one.mail().subject()).containsExactly("no. 2", "no. 1");
    assertThat(box.to("A@B.example")).extracting(DevMailbox.Delivered::id).containsExactly(1L);
    assertThat(box.find(2).orElseThrow().mail().to()).isEqualTo("c@d.example");
    assertThat(box.find(3)).isEmpty();
  }

  @Test
  void onlyTheLastAreKept() {
    for (int i = 1; i <= 250; i++) {
      box.send(mail("a@b.example", i));
    }
    assertThat(box.all()).hasSize(200);
    assertThat(box.find(50)).isEmpty();
    assertThat(box.find(51)).isPresent();
  }
}

package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
  @Test
  void namesKnownContent() {
    assertThat(Cid.ofRaw(new byte[0]))
        .hasToString("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
    assertThat(Cid.ofDagCbor(new byte[] {(byte) 0xa0}).isDagCbor()).isTrue();
    assertThat(Cid.ofRaw(new byte[0]).isRaw()).isTrue();
  }

  @Test
  void roundTripsAsTextAndBytes() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      byte[] content = new byte[random.nextInt(50)];
      random.nextBytes(content);
      Cid cid = Cid.ofDagCbor(content);

      assertThat(Cid.parse(cid.toString())).isEqualTo(cid).hasSameHashCodeAs(cid);
      assertThat(Cid.fromBytes(cid.toBytes())).isEqualByComparingTo(cid);
      assertThat(cid.addresses(content)).isTrue();
      assertThat(cid.addresses(Arrays.copyOf(content, content.length + 1))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykuu",
        "BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv",
        "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
        "zafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
      })
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> Cid.parse(text)).isInstanceOf(DataException.class);
  }
}

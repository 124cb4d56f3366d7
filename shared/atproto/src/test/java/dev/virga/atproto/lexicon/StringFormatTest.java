package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StringFormatTest {
  private static final String CID = "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq";

  @ParameterizedTest
  @CsvSource({
    "at-identifier, did:plc:ewvi7nxzyoun6zhxrhs64oiz, not one, must be a valid did or a handle",
    "at-identifier, alice.example.com, did:, must be a valid did or a handle",
    "at-uri, at://alice.example.com/app.bsky.feed.post/3kznmn7xqxl22, http://a.b,"
        + " must be a valid at-uri",
    "cid, " + CID + ", 123, must be a cid string",
    "cid, zdj7WWeQ43G6JJvLWQWZpyHuAMq6uYWRjkBXFad11vE2LHhQ7, QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8,"
        + " must be a cid string",
    "datetime, 2023-10-30T22:25:23.123Z, 2023-10-30,"
        + " must be a valid atproto datetime (both RFC-3339 and ISO-8601)",
    "did, did:web:example.com, example.com, must be a valid did",
    "handle, alice.example.com, alice, must be a valid handle",
    "language, pt-BR, '-', must be a well-formed BCP 47 language tag",
    "nsid, app.bsky.feed.post, app.bsky, must be a valid nsid",
    "record-key, self, '..', must be a valid Record Key",
    "tid, 3kznmn7xqxl22, 3kznmn7xqxl2, must be a valid TID",
    "uri, https://example.com/a?b#c, example.com, must be a uri",
  })
  void eachFormatHasItsSyntaxAndItsMessage(
      String format, String good, String bad, String requirement) {
    RecordSchema schema = Fixture.record("{'type':'string','format':'" + format + "'}");
    assertThatCode(() -> schema.validate(Fixture.thing("'" + good + "'")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> schema.validate(Fixture.thing("'" + bad + "'")))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Record/x " + requirement);
  }

  @Test
  void noFormatIsCalledOtherwise() {
    assertThat(StringFormat.named("date-time")).isEmpty();
    assertThat(StringFormat.named("at-uri")).contains(StringFormat.AT_URI);
  }
}

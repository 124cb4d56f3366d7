package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSchemaTest {
  private static final String IMAGE =
      "{'$type':'blob','ref':{'$link':"
          + "'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'},"
          + "'mimeType':'%s','size':%d}";
  private static final String REPLY =
      "{'uri':'at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3kznmn7xqxl22',"
          + "'cid':'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq'}";

  private final RecordSchema post = record("app.bsky.feed.post");

  @Test
  void aPostWithEverythingPasses() {
    Value.Obj record =
        post(
            """
            'text':'Look at this','langs':['en','pt-BR'],'tags':['rain'],
            'reply':{'root':%1$s,'parent':%1$s},
            'facets':[{'index':{'byteStart':0,'byteEnd':4},'features':[
              {'$type':'app.bsky.richtext.facet#link','uri':'https://example.com'},
              {'$type':'app.bsky.richtext.facet#mention','did':'did:web:example.com'},
              {'$type':'com.example.made.up#feature','whatever':1}]}],
            'labels':{'$type':'com.atproto.label.defs#selfLabels','values':[{'val':'x'}]},
            'embed':{'$type':'app.bsky.embed.recordWithMedia',
              'record':{'record':%1$s},
              'media':{'$type':'app.bsky.embed.images','images':[
                {'alt':'','image':%2$s,'aspectRatio':{'width':1,'height':2}}]}}
            """
                .formatted(REPLY, IMAGE.formatted("image/png", 5000)));
    assertThatCode(() -> post.validate(record)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "'text':5 => /text must be a string",
        "'text':'','langs':['en','de','fr','it'] => /langs must not have more than 3 elements",
        "'text':'','langs':['en','-'] => /langs/1 must be a well-formed BCP 47 language tag",
        "'text':'','reply':{} => /reply must have the property \"root\"",
        "'text':'','facets':[{'index':{'byteStart':0,'byteEnd':4},'features':[{'a':1}]}]"
            + " => /facets/0/features/0 must be an object which includes the \"$type\" property",
        "'text':'','facets':[{'index':{'byteStart':-1,'byteEnd':4},'features':[]}]"
            + " => /facets/0/index/byteStart can not be less than 0",
        "'text':'','embed':{'$type':'app.bsky.embed.external','external':{'uri':'x',"
            + "'title':'','description':''}} => /embed/external/uri must be a uri",
      })
  void faultsAreNamedByTheirPath(String fields, String problem) {
    assertThatThrownBy(() -> post.validate(post(fields)))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Record" + problem);
  }

  @Test
  void missingPropertiesAreNamed() {
    Value.Obj empty = Fixture.json("{'$type':'app.bsky.feed.post'}");
    assertThatThrownBy(() -> post.validate(empty))
        .hasMessage("Record must have the property \"text\"");
  }

  @Test
  void textIsLimitedInBytesAndInGraphemes() {
    String family = "👩‍👩‍👦‍👦";
    assertThatCode(() -> post.validate(post("'text':'" + "é".repeat(300) + "'")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> post.validate(post("'text':'" + "é".repeat(301) + "'")))
        .hasMessage("Record/text must not be longer than 300 graphemes");
    assertThatThrownBy(() -> post.validate(post("'text':'" + family.repeat(150) + "'")))
        .hasMessage("Record/text must not be longer than 3000 bytes");
    assertThatCode(() -> post.validate(post("'text':'" + family.repeat(120) + "'")))
        .doesNotThrowAnyException();
  }

  @Test
  void imagesAreHeldToTypeAndSize() {
    assertThatThrownBy(() -> post.validate(postWithImage("video/mp4", 5)))
        .hasMessage("Record/embed/images/0/image must be of type image/*");
    assertThatThrownBy(() -> post.validate(postWithImage("image/png", 100_000_000)))
        .hasMessageMatching("Record/embed/images/0/image must not be larger than \\d+ bytes");
  }

  @Test
  void typeMustBeTheCollection() {
    assertThatThrownBy(() -> post.validate(Fixture.json("{'text':''}")))
        .hasMessage("Record/$type must be a string");
    assertThatThrownBy(() -> post.validate(Fixture.json("{'$type':'app.bsky.feed.like'}")))
        .hasMessage("Invalid $type: must be app.bsky.feed.post, got app.bsky.feed.like");
    String huge = "x".repeat(10_000);
    assertThatThrownBy(() -> post.validate(Fixture.json("{'$type':'" + huge + "'}")))
        .extracting(Throwable::getMessage)
        .asString()
        .hasSizeLessThan(200);
  }

  @Test
  void keysFollowTheCollection() {
    assertThat(post.collection()).isEqualTo(Nsid.parse("app.bsky.feed.post"));
    assertThat(post.keyType()).isEqualTo(KeyType.Syntax.TID);
    assertThatThrownBy(() -> post.check(RecordKey.parse("self")))
        .hasMessage("Record key must be a valid TID");
    assertThatCode(() -> record("app.bsky.actor.profile").check(RecordKey.parse("self")))
        .doesNotThrowAnyException();
  }

  @Test
  void profilesMayHaveADescription() {
    RecordSchema profile = record("app.bsky.actor.profile");
    assertThatThrownBy(
            () ->
                profile.validate(
                    Fixture.json("{'$type':'app.bsky.actor.profile','description':1}")))
        .hasMessage("Record/description must be a string");
  }

  private static RecordSchema record(String nsid) {
    return Lexicons.bundled().record(Nsid.parse(nsid)).orElseThrow();
  }

  private static Value.Obj postWithImage(String mimeType, int size) {
    return post(
        "'text':'','embed':{'$type':'app.bsky.embed.images','images':[{'alt':'','image':"
            + IMAGE.formatted(mimeType, size)
            + "}]}");
  }

  private static Value.Obj post(String fields) {
    return Fixture.json(
        "{'$type':'app.bsky.feed.post','createdAt':'2026-01-01T00:00:00Z'," + fields + "}");
  }
}

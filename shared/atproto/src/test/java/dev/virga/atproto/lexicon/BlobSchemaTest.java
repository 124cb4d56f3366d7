package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobSchemaTest {
  private static final Cid CID = Cid.ofRaw(new byte[] {1});
  private static final String LEGACY = "{'cid':'" + CID + "','mimeType':'image/png'}";

  @ParameterizedTest
  @CsvSource({
    "[], text/plain",
    "['*/*'], text/plain",
    "['image/*'], image/png",
    "['image/png';'image/jpeg'], image/jpeg",
  })
  void acceptsTypesThatMatch(String accept, String mimeType) {
    assertThatCode(() -> schema(accept).validate(Fixture.thing(blob(mimeType, 100))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "['image/*'], imagery/png, image/*",
    "['image/*'], image, image/*",
    "['image/png';'image/jpeg'], image/gif, image/png or image/jpeg",
  })
  void refusesOtherTypes(String accept, String mimeType, String wanted) {
    assertThatThrownBy(() -> schema(accept).validate(Fixture.thing(blob(mimeType, 1))))
        .hasMessage("Record/x must be of type " + wanted);
  }

  @Test
  void refusesBlobsAboveTheSize() {
    assertThatThrownBy(() -> schema("[]").validate(Fixture.thing(blob("a/b", 101))))
        .hasMessage("Record/x must not be larger than 100 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'text'",
        "{}",
        "{'$type':'blob','mimeType':'a/b','size':1}",
        "{'$type':'blob','mimeType':'a/b','size':'1','ref':{'$link':'CID'}}",
        "{'$type':'blob','mimeType':'a/b','size':-1,'ref':{'$link':'CID'}}",
        "{'$type':'blob','size':1,'ref':{'$link':'CID'}}",
        "{'$type':'other','mimeType':'a/b','size':1,'ref':{'$link':'CID'}}",
        "{'mimeType':'a/b','size':1,'ref':{'$link':'CID'}}",
        "{'mimeType':'a/b','cid':'CID'}",
      })
  void refusesWhatIsNoBlob(String value) {
    String json = value.replace("CID", CID.toString());
    assertThatThrownBy(() -> schema("[]").validate(Fixture.thing(json)))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Record/x should be a blob ref");
  }

  @Test
  void legacyBlobsPassOnlyWhereAskedFor() {
    RecordSchema schema = schema("['image/*']");
    assertThatCode(() -> schema.validateWithLegacyBlobs(Fixture.thing(LEGACY)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> schema.validate(Fixture.thing(LEGACY)))
        .hasMessage("Record/x should be a blob ref");
  }

  @Test
  void legacyBlobsAreCheckedToo() {
    String text = LEGACY.replace("image", "text");
    assertThatThrownBy(() -> schema("['image/*']").validateWithLegacyBlobs(Fixture.thing(text)))
        .hasMessage("Record/x must be of type image/*");
    String more = LEGACY.replace("}", ",'size':1}");
    assertThatThrownBy(() -> schema("[]").validateWithLegacyBlobs(Fixture.thing(more)))
        .hasMessage("Record/x should be a blob ref");
  }

  private static RecordSchema schema(String accept) {
    return Fixture.record(
        "{'type':'blob','accept':" + accept.replace(';', ',') + ",'maxSize':100}");
  }

  private static String blob(String mimeType, int size) {
    return "{'$type':'blob','ref':{'$link':'%s'},'mimeType':'%s','size':%d}"
        .formatted(CID, mimeType, size);
  }
}

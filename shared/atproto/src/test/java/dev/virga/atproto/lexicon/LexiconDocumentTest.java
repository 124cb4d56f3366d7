package dev.virga.atproto.lexicon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.syntax.Nsid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexiconDocumentTest {
  @Test
  void tellsItsIdAndItsDefinitions() {
    LexiconDocument document = Fixture.document("{'type':'unknown'}", ",'a':{'type':'token'}");
    assertThat(document.id()).isEqualTo(Nsid.parse("com.example.thing"));
    assertThat(document.names()).containsExactlyInAnyOrder("main", "a");
    assertThat(document.permissionSet()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "{} => /lexicon must be 1",
        "{'lexicon':2} => /lexicon must be 1",
        "{'lexicon':'1'} => /lexicon must be an integer",
        "{'lexicon':1} => /id must be a string",
        "{'lexicon':1,'id':'a.b'} => /id must be a valid nsid",
        "{'lexicon':1,'id':'a.b.c'} => /defs must be an object",
        "{'lexicon':1,'id':'a.b.c','defs':[]} => /defs must be an object",
        "{'lexicon':1,'id':'a.b.c','defs':{'x':1}} => /defs/x must be an object",
        "{'lexicon':1,'id':'a.b.c','defs':{'x':{}}} => /defs/x/type must be a string",
        "{'lexicon':1,'id':'a.b.c','defs':{'main':{'type':'query','parameters':{'type':'object'}}}}"
            + " => /defs/main/parameters/type must be params",
        "{'lexicon':1,'id':'a.b.c','defs':{'main':{'type':'query','parameters':{'type':'params',"
            + "'properties':{'p':{'type':'object'}}}}}}"
            + " => /defs/main/parameters/p/type is not a type of a parameter",
        "{'lexicon':1,'id':'a.b.c','defs':{'main':{'type':'query','parameters':{'type':'params',"
            + "'properties':{'p':{'type':'array','items':{'type':'bytes'}}}}}}}"
            + " => /defs/main/parameters/p/items/type is not a type of a parameter",
        "{'lexicon':1,'id':'a.b.c','defs':{'main':{'type':'query','output':{}}}}"
            + " => /defs/main/output/encoding must be a string",
        "{'lexicon':1,'id':'a.b.c','defs':{'main':{'type':'query','errors':['E']}}}"
            + " => /defs/main/errors/0 must be an object",
      })
  void refusesMalformedDocuments(String json, String problem) {
    assertThatThrownBy(() -> LexiconDocument.parse(Fixture.json(json)))
        .isInstanceOf(LexiconException.class)
        .hasMessage("Lexicon" + problem.replace("parameters/p", "parameters/properties/p"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "{'type':'float'} => type is not a type of a field",
        "{'type':'token'} => type is not a type of a field",
        "{'type':'record'} => type is not a type of a field",
        "{'type':'string','format':'phone'} => format is not a string format",
        "{'type':'string','maxLength':'3'} => maxLength must be an integer",
        "{'type':'string','enum':'a'} => enum must be an array",
        "{'type':'string','enum':[1]} => enum must be a string",
        "{'type':'string','default':1} => default must be a string",
        "{'type':'integer','enum':['a']} => enum must hold integers",
        "{'type':'boolean','default':'a'} => default must be a boolean",
        "{'type':'array'} => items must be an object",
        "{'type':'ref'} => ref must be a string",
        "{'type':'ref','ref':'nowhere'} => ref is not a reference: nowhere",
        "{'type':'ref','ref':'#'} => ref is not a reference: #",
        "{'type':'union','refs':['a#b']} => ref is not a reference: a#b",
        "{'type':'union','refs':[],'closed':1} => closed must be a boolean",
      })
  void refusesMalformedSchemas(String schema, String problem) {
    assertThatThrownBy(() -> Fixture.document(schema, ""))
        .isInstanceOf(LexiconException.class)
        .hasMessage("Lexicon/defs/main/record/properties/x/" + problem);
  }

  @Test
  void refusesWhatIsNoObjectOrNoJson() {
    assertThatThrownBy(() -> LexiconDocument.parse("[]".getBytes(UTF_8)))
        .isInstanceOf(LexiconException.class)
        .hasMessage("Lexicon must be an object");
    assertThatThrownBy(() -> LexiconDocument.parse("{".getBytes(UTF_8)))
        .isInstanceOf(DataException.class);
  }
}

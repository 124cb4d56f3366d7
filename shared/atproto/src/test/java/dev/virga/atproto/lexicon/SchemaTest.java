package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every type of field, each by a record with one property. */
class SchemaTest {
  private static final String OTHERS =
      """
      ,'point':{'type':'object','required':['n'],'properties':{'n':{'type':'integer'}}},
      'tree':{'type':'object','properties':{
        'kids':{'type':'array','items':{'type':'ref','ref':'#tree'}}}},
      'sign':{'type':'token'}\
      """;

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "{'type':'boolean'} => true",
        "{'type':'boolean','const':false} => false",
        "{'type':'integer','minimum':1,'maximum':3} => 1",
        "{'type':'integer','minimum':1,'maximum':3} => 3",
        "{'type':'integer','enum':[4,9]} => 9",
        "{'type':'string','minLength':2,'maxLength':4} => 'öö'",
        "{'type':'string','maxGraphemes':1} => '👩‍👩‍👦‍👦'",
        "{'type':'string','minGraphemes':1} => 'a'",
        "{'type':'string','enum':['a','b']} => 'b'",
        "{'type':'string','const':'a'} => 'a'",
        "{'type':'string','knownValues':['a','b']} => 'c'",
        "{'type':'bytes','maxLength':3} => {'$bytes':'AAAA'}",
        "{'type':'array','items':{'type':'string'},'minLength':1,'maxLength':2} => ['a','b']",
        "{'type':'object','properties':{}} => {'anything':[1]}",
        "{'type':'object','nullable':['y'],'required':['y'],"
            + "'properties':{'y':{'type':'string'}}} => {'y':null}",
        "{'type':'unknown'} => {'$type':'com.example.other','a':1}",
        "{'type':'ref','ref':'#point'} => {'n':1}",
        "{'type':'ref','ref':'com.example.thing#point'} => {'n':1}",
        "{'type':'ref','ref':'#tree'} => {'kids':[{'kids':[{}]}]}",
        "{'type':'ref','ref':'#sign'} => 'com.example.thing#sign'",
        "{'type':'union','refs':['#point']} => {'$type':'com.example.thing#point','n':1}",
        "{'type':'union','refs':['#point']} => {'$type':'com.example.absent','n':'x'}",
        "{'type':'union','refs':['com.example.thing']} => {'$type':'com.example.thing'}",
        "{'type':'union','refs':['com.example.thing']} => {'$type':'com.example.thing#main'}",
      })
  void accepts(String schema, String value) {
    RecordSchema record = Fixture.record(schema, OTHERS);
    assertThatCode(() -> record.validate(Fixture.thing(value))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "{'type':'boolean'} => 1 => /x must be a boolean",
        "{'type':'boolean','const':false} => true => /x must be false",
        "{'type':'integer'} => '1' => /x must be an integer",
        "{'type':'integer','const':5} => 6 => /x must be 5",
        "{'type':'integer','enum':[4,9]} => 5 => /x must be one of (4|9)",
        "{'type':'integer','maximum':3} => 4 => /x can not be greater than 3",
        "{'type':'integer','minimum':1} => 0 => /x can not be less than 1",
        "{'type':'string'} => null => /x must be a string",
        "{'type':'string'} => {} => /x must be a string",
        "{'type':'string','const':'a'} => 'b' => /x must be a",
        "{'type':'string','enum':['a','b']} => 'c' => /x must be one of (a|b)",
        "{'type':'string','maxLength':4} => 'ööö' => /x must not be longer than 4 bytes",
        "{'type':'string','minLength':5} => 'öö' => /x must not be shorter than 5 bytes",
        "{'type':'string','maxGraphemes':2} => 'abc' => /x must not be longer than 2 graphemes",
        "{'type':'string','minGraphemes':2} => '👩‍👩‍👦‍👦' => /x must not be shorter than 2"
            + " graphemes",
        "{'type':'bytes'} => 'AAAA' => /x must be a byte array",
        "{'type':'bytes','maxLength':2} => {'$bytes':'AAAA'} => /x must not be larger than 2 bytes",
        "{'type':'bytes','minLength':4} => {'$bytes':'AAAA'} => /x must not be smaller than 4"
            + " bytes",
        "{'type':'cid-link'} => 'bafy' => /x must be a CID",
        "{'type':'array','items':{'type':'string'}} => {} => /x must be an array",
        "{'type':'array','items':{'type':'string'}} => ['a',1] => /x/1 must be a string",
        "{'type':'array','items':{'type':'string'},'maxLength':1} => ['a','b']"
            + " => /x must not have more than 1 elements",
        "{'type':'array','items':{'type':'string'},'minLength':1} => []"
            + " => /x must not have fewer than 1 elements",
        "{'type':'object','properties':{'y':{'type':'string'}}} => [] => /x must be an object",
        "{'type':'object','properties':{'y':{'type':'string'}}} => {'y':1} => /x/y must be a"
            + " string",
        "{'type':'object','required':['y'],'properties':{'y':{'type':'string'}}} => {}"
            + " => /x must have the property \"y\"",
        "{'type':'object','required':['y'],'properties':{'y':{'type':'string'}}} => {'y':null}"
            + " => /x/y must be a string",
        "{'type':'unknown'} => 'text' => /x must be an object",
        "{'type':'unknown'} => {'$type':'blob'} => /x must not be a blob",
        "{'type':'ref','ref':'#point'} => {} => /x must have the property \"n\"",
        "{'type':'ref','ref':'#tree'} => {'kids':[{'kids':[{},7]}]}"
            + " => /x/kids/0/kids/1 must be an object",
        "{'type':'ref','ref':'#sign'} => 'sign' => /x must be the token com.example.thing#sign",
        "{'type':'union','refs':['#point']} => {'n':1}"
            + " => /x must be an object which includes the \"$type\" property",
        "{'type':'union','refs':['#point']} => {'$type':'com.example.thing#point','n':'1'}"
            + " => /x/n must be an integer",
        "{'type':'union','closed':true,'refs':['#point']} => {'$type':'com.example.other'}"
            + " => /x $type must be one of com.example.thing#point",
        "{'type':'union','closed':true,'refs':[]} => {'$type':'com.example.other'}"
            + " => `/x $type must be one of `",
      })
  void refuses(String schema, String value, String problem) {
    RecordSchema record = Fixture.record(schema, OTHERS);
    assertThatThrownBy(() -> record.validate(Fixture.thing(value)))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Record" + problem);
  }

  @Test
  void linksPassWhereLinksBelong() {
    Value link = Value.of(Cid.ofRaw(new byte[0]));
    Fixture.record("{'type':'cid-link'}").validate(Fixture.thing(link));
    assertThatThrownBy(() -> Fixture.record("{'type':'unknown'}").validate(Fixture.thing(link)))
        .hasMessage("Record/x must be an object");
  }

  @Test
  void recursionEndsWhereTheDepthIsBounded() {
    RecordSchema record = Fixture.record("{'type':'ref','ref':'#tree'}", OTHERS);
    Value deep = Fixture.json("{}");
    for (int i = 0; i < 100_000; i++) {
      deep = new Value.Obj(java.util.Map.of("kids", new Value.Array(List.of(deep))));
    }
    Value.Obj thing = Fixture.thing(deep);
    assertThatThrownBy(() -> record.validate(thing))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Record must not be nested deeper than " + Trail.MAX_DEPTH);
  }

  @Test
  void valuesAsDeepAsTheBoundPass() {
    RecordSchema record = Fixture.record("{'type':'ref','ref':'#tree'}", OTHERS);
    Value deep = Fixture.json("{}");
    for (int i = 0; i < (Trail.MAX_DEPTH - 1) / 2; i++) {
      deep = new Value.Obj(java.util.Map.of("kids", new Value.Array(List.of(deep))));
    }
    Value.Obj thing = Fixture.thing(deep);
    assertThatCode(() -> record.validate(thing)).doesNotThrowAnyException();
  }

  @Test
  void referencesThatLeadNowhereAreTheLexiconsFault() {
    RecordSchema record = Fixture.record("{'type':'ref','ref':'com.example.absent#a'}");
    assertThatThrownBy(() -> record.validate(Fixture.thing("{}")))
        .isInstanceOf(LexiconException.class)
        .hasMessage("no definition of com.example.absent#a");
  }
}

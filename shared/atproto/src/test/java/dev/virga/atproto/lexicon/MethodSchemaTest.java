package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodSchemaTest {
  private static final String DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";

  private final Lexicons lexicons = Lexicons.bundled();

  @Test
  void parametersBecomeTypedValues() {
    Value.Obj params =
        method("com.atproto.repo.listRecords")
            .parseParams(
                Map.of(
                    "repo", List.of(DID),
                    "collection", List.of("app.bsky.feed.post"),
                    "limit", List.of("10"),
                    "reverse", List.of("true"),
                    "unheardOf", List.of("x")));
    assertThat(params)
        .isEqualTo(
            Fixture.json(
                "{'repo':'%s','collection':'app.bsky.feed.post','limit':10,'reverse':true}"
                    .formatted(DID)));
  }

  @Test
  void absentParametersGetTheirDefaults() {
    Value.Obj params =
        method("com.atproto.repo.listRecords")
            .parseParams(Map.of("repo", List.of(DID), "collection", List.of("app.bsky.feed.post")));
    assertThat(params.get("limit")).contains(Value.of(50));
    assertThat(params.get("reverse")).isEmpty();
  }

  @Test
  void emptyParametersCountAsAbsent() {
    MethodSchema method = method("com.atproto.repo.listRecords");
    Value.Obj params =
        method.parseParams(
            Map.of(
                "repo", List.of(DID),
                "collection", List.of("app.bsky.feed.post"),
                "cursor", List.of(""),
                "limit", List.of("")));
    assertThat(params.get("cursor")).isEmpty();
    assertThat(params.get("limit")).contains(Value.of(50));
    assertThatThrownBy(() -> method.parseParams(Map.of("repo", List.of(""))))
        .hasMessage("Error: Params must have the property \"repo\"");
  }

  @Test
  void ofARepeatedParameterTheFirstCounts() {
    Value.Obj params =
        method("com.atproto.sync.listRepos").parseParams(Map.of("limit", List.of("7", "nine")));
    assertThat(params.get("limit")).contains(Value.of(7));
  }

  @Test
  void arraysTakeOneValueOrMany() {
    MethodSchema method = method("app.bsky.actor.getProfiles");
    assertThat(method.parseParams(Map.of("actors", List.of(DID))))
        .isEqualTo(Fixture.json("{'actors':['" + DID + "']}"));
    assertThat(method.parseParams(Map.of("actors", List.of(DID, "a.example.com"))))
        .isEqualTo(Fixture.json("{'actors':['" + DID + "','a.example.com']}"));
    assertThatThrownBy(() -> method.parseParams(Map.of("actors", List.of(DID, ""))))
        .hasMessage("Error: Params/actors/1 must be a valid did or a handle");
  }

  @ParameterizedTest
  @CsvSource({
    "limit, ten, must be an integer",
    "limit, 1.5, must be an integer",
    "limit, +5, must be an integer",
    "limit, '-', must be an integer",
    "limit, ٣, must be an integer",
    "limit, 99999999999999999999, must be an integer",
    "limit, 123456789012345678901234567890, must be an integer",
    "limit, 0, can not be less than 1",
    "limit, -9223372036854775808, can not be less than 1",
    "limit, 9223372036854775807, can not be greater than 100",
    "reverse, yes, must be a boolean",
    "reverse, True, must be a boolean",
    "repo, nobody, must be a valid did or a handle",
    "collection, posts, must be a valid nsid",
  })
  void wrongParametersAreNamed(String name, String value, String problem) {
    Map<String, List<String>> query =
        new java.util.HashMap<>(
            Map.of("repo", List.of(DID), "collection", List.of("app.bsky.feed.post")));
    query.put(name, List.of(value));
    assertThatThrownBy(() -> method("com.atproto.repo.listRecords").parseParams(query))
        .isInstanceOf(ValidationException.class)
        .hasMessage("Error: Params/" + name + " " + problem);
  }

  @Test
  void methodsWithoutParametersIgnoreAll() {
    assertThat(method("com.atproto.server.describeServer").parseParams(Map.of("a", List.of("b"))))
        .isEqualTo(Fixture.json("{}"));
  }

  @Test
  void inputsGetTheDefaultsOfTheirProperties() {
    Value.Obj input = Fixture.json("{}");
    assertThat(
            method("com.atproto.server.createInviteCodes")
                .validateInput(Fixture.json("{'useCount':1}")))
        .isEqualTo(Fixture.json("{'useCount':1,'codeCount':1}"));
    assertThatThrownBy(() -> method("com.atproto.server.createInviteCodes").validateInput(input))
        .hasMessage("Input must have the property \"useCount\"");
  }

  @Test
  void inputsWithNothingToAddStayWhatTheyAre() {
    Value.Obj input = Fixture.json("{'useCount':1,'codeCount':2}");
    assertThat(method("com.atproto.server.createInviteCodes").validateInput(input)).isSameAs(input);
  }

  @Test
  void defaultsReachIntoArraysAndReferences() {
    LexiconDocument document =
        LexiconDocument.parse(
            Fixture.json(
                """
                {'lexicon':1,'id':'com.example.put','defs':{
                  'main':{'type':'procedure','input':{'encoding':'application/json','schema':{
                    'type':'object','required':['flag'],'properties':{
                      'flag':{'type':'boolean','default':true},
                      'list':{'type':'array','items':{'type':'ref','ref':'#item'}}}}}},
                  'item':{'type':'object','properties':{
                    'name':{'type':'string','default':'?'},'n':{'type':'integer'}}}}}
                """));
    MethodSchema method =
        Fixture.lexicons(document).method(Nsid.parse("com.example.put")).orElseThrow();
    Value.Obj input = Fixture.json("{'list':[{'n':1,'name':'a'},{'n':2}]}");
    assertThat(method.validateInput(input))
        .isEqualTo(Fixture.json("{'flag':true,'list':[{'n':1,'name':'a'},{'n':2,'name':'?'}]}"));
    assertThat(input).isEqualTo(Fixture.json("{'list':[{'n':1,'name':'a'},{'n':2}]}"));
  }

  @Test
  void inputsAreObjects() {
    assertThatThrownBy(
            () -> method("com.atproto.repo.createRecord").validateInput(Value.of("text")))
        .hasMessage("Input must be an object");
    assertThatThrownBy(() -> method("com.atproto.repo.importRepo").validateInput(Value.of("text")))
        .hasMessage("Input must be an object");
  }

  @Test
  void writesAreToldApartByTheirType() {
    MethodSchema method = method("com.atproto.repo.applyWrites");
    assertThatThrownBy(
            () ->
                method.validateInput(
                    Fixture.json(
                        "{'repo':'%s','writes':[{'$type':'com.atproto.repo.applyWrites#drop'}]}"
                            .formatted(DID))))
        .hasMessageStartingWith(
            "Input/writes/0 $type must be one of com.atproto.repo.applyWrites#");
    assertThatThrownBy(
            () ->
                method.validateInput(
                    Fixture.json(
                        "{'repo':'%s','writes':[{'$type':'com.atproto.repo.applyWrites#delete'}]}"
                            .formatted(DID))))
        .hasMessage("Input/writes/0 must have the property \"collection\"");
  }

  @Test
  void kindsAndEncodingsAreTold() {
    assertThat(method("com.atproto.repo.createRecord").kind())
        .isEqualTo(MethodSchema.Kind.PROCEDURE);
    assertThat(method("com.atproto.repo.createRecord").inputEncoding())
        .contains("application/json");
    assertThat(method("com.atproto.repo.uploadBlob").inputEncoding()).contains("*/*");
    assertThat(method("com.atproto.repo.importRepo").inputEncoding())
        .contains("application/vnd.ipld.car");
    assertThat(method("com.atproto.server.deleteSession").inputEncoding()).isEmpty();
    assertThat(method("com.atproto.sync.getRepo").kind()).isEqualTo(MethodSchema.Kind.QUERY);
    assertThat(method("com.atproto.sync.getRepo").outputEncoding())
        .contains("application/vnd.ipld.car");
    assertThat(method("com.atproto.sync.subscribeRepos").kind())
        .isEqualTo(MethodSchema.Kind.SUBSCRIPTION);
    assertThat(method("com.atproto.sync.subscribeRepos").id())
        .isEqualTo(Nsid.parse("com.atproto.sync.subscribeRepos"));
  }

  @Test
  void declaredErrorsAreTold() {
    assertThat(method("com.atproto.repo.createRecord").errors()).contains("InvalidSwap");
    assertThat(method("com.atproto.sync.subscribeRepos").errors())
        .containsExactly("FutureCursor", "ConsumerTooSlow");
  }

  @Test
  void outputsAreChecked() {
    MethodSchema method = method("com.atproto.identity.resolveHandle");
    assertThatCode(() -> method.validateOutput(Fixture.json("{'did':'" + DID + "'}")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> method.validateOutput(Fixture.json("{'did':'alice'}")))
        .hasMessage("Output/did must be a valid did");
  }

  @Test
  void messagesAreChecked() {
    MethodSchema method = method("com.atproto.sync.subscribeRepos");
    assertThatCode(
            () ->
                method.validateMessage(
                    Fixture.json(
                        "{'$type':'com.atproto.sync.subscribeRepos#info','name':'OutdatedCursor'}")))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                method.validateMessage(
                    Fixture.json("{'$type':'com.atproto.sync.subscribeRepos#identity'}")))
        .hasMessageStartingWith("Message must have the property");
  }

  private MethodSchema method(String nsid) {
    return lexicons.method(Nsid.parse(nsid)).orElseThrow();
  }
}

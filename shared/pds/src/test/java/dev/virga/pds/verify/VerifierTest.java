package dev.virga.pds.verify;

import static dev.virga.pds.moderation.ModerationFixture.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.moderation.ModerationFixture;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.verify.Finding.Code;
import dev.virga.pds.verify.Finding.Severity;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is damaged is named, and what is whole is not. */
class VerifierTest {
  private static final Cid NOTHING = Cid.ofDagCbor(new byte[] {1});

  private final ModerationFixture server = new ModerationFixture();
  private final AccountFixture pds = server.pds;
  private Did alice = Did.parse("did:plc:nobody");
  private BlobRef blob = new BlobRef(Cid.ofRaw(new byte[] {1}), "text/plain", 1);

  @BeforeEach
  void someRecords() {
    alice = pds.account("alice").did();
    blob = server.upload(alice, "a picture");
    server.write(alice, "first", "with a picture", blob);
    for (int i = 0; i < 40; i++) {
      server.write(alice, "n" + i, "note " + i);
    }
    server.write(alice, "large", "x".repeat(6_000));
    server.remove(alice, "n7");
    server.settle();
  }

  private List<Finding> verify() {
    List<Finding> findings = new ArrayList<>();
    Verifier verifier =
        new Verifier(
            pds.memory,
            pds.objects,
            did -> pds.keys.find(did).map(PrivateKey::publicKey),
            server.log,
            pds.clock,
            Duration.ZERO);
    pds.keys.forget(alice);
    verifier.all(findings::add);
    Census census = new Census(pds.memory, findings::add);
    pds.memory.entries().forEach(census::count);
    return findings;
  }

  private Set<Code> codes() {
    Set<Code> codes = new TreeSet<>();
    verify().forEach(finding -> codes.add(finding.code()));
    return codes;
  }

  private Head head() {
    return pds.heads.find(alice).orElseThrow();
  }

  private Tid later() {
    return new TidClock(pds.clock, 9).nextAfter(head().rev());
  }

  /** A node of the tree that has an item of its own. */
  private Key settledNode() {
    return pds.memory.entries().stream()
        .filter(entry -> entry.key().sort().startsWith("node#") && entry.expires() == null)
        .map(Entry::key)
        .findFirst()
        .orElseThrow();
  }

  private void put(Key key, Item item) {
    pds.memory.batchPut(List.of(new Entry(key, item)));
  }

  private void delete(Key key) {
    pds.memory.batchDelete(List.of(key));
  }

  private Item item(Key key) {
    return pds.memory.get(key).orElseThrow();
  }

  private void flip(String object) throws Exception {
    byte[] bytes = pds.objects.get(object).orElseThrow();
    bytes[bytes.length - 1] ^= 1;
    Objects.Metadata metadata = pds.objects.metadata(object).orElseThrow();
    pds.objects.putStream(object, new ByteArrayInputStream(bytes), metadata);
  }

  @Test
  void nothingIsFoundWhereAllIsWell() {
    assertThat(verify()).isEmpty();
  }

  @Test
  void whatWasLookedAtIsCounted() {
    Verifier verifier =
        new Verifier(
            pds.memory,
            pds.objects,
            did -> pds.keys.find(did).map(PrivateKey::publicKey),
            server.log,
            pds.clock,
            Duration.ZERO);
    Tally tally = verifier.all(finding -> {});
    assertThat(tally.accounts()).isEqualTo(1);
    assertThat(tally.records()).isEqualTo(41);
    assertThat(tally.packs()).isEqualTo(44);
    assertThat(tally.blobs()).isEqualTo(1);
    assertThat(tally.events()).isEqualTo(47);
  }

  @Test
  void aMissingNodeIsDamage() {
    delete(settledNode());
    assertThat(codes()).containsExactly(Code.NODE_MISSING);
  }

  @Test
  void aFlippedByteOfANodeIsDamage() {
    Key key = settledNode();
    byte[] block = item(key).requireBytes("block").clone();
    block[block.length - 1] ^= 1;
    put(key, item(key).toBuilder().bytes("block", block).build());
    assertThat(codes()).containsExactly(Code.NODE_MISSING, Code.NODE_DAMAGED);
  }

  @Test
  void aLivingNodeThatExpiresIsDamage() {
    Key key = settledNode();
    pds.memory.batchPut(
        List.of(new Entry(key, item(key), pds.clock.instant().plus(Duration.ofDays(1)))));
    assertThat(codes()).containsExactly(Code.NODE_EXPIRES);
  }

  @Test
  void aNodeOfNoTreeIsALeftover() {
    put(
        RepoKeys.node(alice, NOTHING),
        Item.builder().number("rev", 1).bytes("block", new byte[1]).build());
    assertThat(verify())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(Code.NODE_ORPHANED);
              assertThat(finding.severity()).isEqualTo(Severity.LEFTOVER);
              assertThat(finding.toString()).contains("NODE_ORPHANED", alice.text());
            });
  }

  @Test
  void recordsMissingOrExtraOrOtherAreDamage() {
    Key first = RepoKeys.record(alice, path("n1").toString());
    delete(first);
    assertThat(codes()).containsExactly(Code.RECORD_MISSING, Code.PLACE_ORPHANED);
    put(RepoKeys.record(alice, path("n7").toString()), Item.EMPTY);
    assertThat(codes()).contains(Code.RECORD_EXTRA);
    Key second = RepoKeys.record(alice, path("n2").toString());
    put(first, item(second));
    assertThat(codes()).contains(Code.RECORD_WRONG);
  }

  @Test
  void aFlippedByteOfARecordIsDamageInlineOrNot() throws Exception {
    Key key = RepoKeys.record(alice, path("n1").toString());
    byte[] block = item(key).requireBytes("block").clone();
    block[block.length - 1] ^= 1;
    put(key, item(key).toBuilder().bytes("block", block).build());
    assertThat(codes()).containsExactly(Code.RECORD_DAMAGED);
    Key large = RepoKeys.record(alice, path("large").toString());
    String pack = item(large).requireText("pack");
    flip(pack);
    assertThat(codes()).contains(Code.PACK_DAMAGED, Code.EVENT_WRONG);
    pds.objects.delete(pack);
    assertThat(codes()).contains(Code.PACK_MISSING);
  }

  @Test
  void thePackOfTheHeadAndOfEveryEventMustBeThere() throws Exception {
    String pack = RepoKeys.pack(alice, head().rev());
    flip(pack);
    assertThat(codes()).contains(Code.PACK_DAMAGED);
    pds.objects.delete(pack);
    assertThat(codes()).contains(Code.PACK_MISSING);
  }

  @Test
  void aPackOfNoCommitIsALeftover() {
    assertThat(
            pds.objects.putIfAbsent(
                RepoKeys.pack(alice, later()), new byte[3], Objects.Metadata.NONE))
        .isTrue();
    assertThat(codes()).containsExactly(Code.PACK_ORPHANED);
  }

  @Test
  void aSignatureOfAnotherKeyIsDamage() {
    Did bob = pds.account("bob").did();
    server.settle();
    put(AccountKeys.signingKey(alice), item(AccountKeys.signingKey(bob)));
    assertThat(codes()).contains(Code.ACCOUNT_INCOMPLETE);
  }

  @Test
  void aHeadThatSaysElseThanItsCommitIsDamage() {
    Key key = RepoKeys.head(alice);
    Item before = item(key);
    put(key, before.toBuilder().text("state", "deactivated").build());
    assertThat(codes()).containsExactly(Code.ACCOUNT_INCOMPLETE);
    byte[] block = before.requireBytes("block").clone();
    block[40] ^= 1;
    put(key, before.toBuilder().bytes("block", block).build());
    assertThat(codes()).containsExactly(Code.HEAD_WRONG);
    put(key, before.toBuilder().text("rev", "nonsense").build());
    assertThat(codes()).contains(Code.HEAD_WRONG);
    delete(key);
    assertThat(codes()).contains(Code.ACCOUNT_INCOMPLETE);
  }

  @Test
  void claimsAndListingMustBeTheAccounts() {
    for (Key key :
        List.of(
            AccountKeys.handle(pds.read("alice").handle()),
            AccountKeys.email(pds.read("alice").email()))) {
      Item before = item(key);
      put(key, Item.builder().text("did", "did:plc:somebodyelse").build());
      assertThat(codes()).containsExactly(Code.ACCOUNT_INCOMPLETE, Code.ITEM_ORPHANED);
      put(key, before);
    }
    delete(AccountKeys.account(alice));
    assertThat(codes()).contains(Code.ACCOUNT_GONE, Code.ITEM_ORPHANED);
  }

  @Test
  void blobsMustBeThereAndWhole() throws Exception {
    Key key = BlobItems.blob(alice, blob.cid());
    String object = item(key).requireText("object");
    flip(object);
    assertThat(codes()).containsExactly(Code.BLOB_DAMAGED);
    pds.objects.delete(object);
    assertThat(codes()).containsExactly(Code.BLOB_MISSING);
    delete(key);
    assertThat(codes()).containsExactly(Code.BLOB_AWAITED);
  }

  @Test
  void referencesMustBeTheRecords() {
    Key reference = BlobItems.reference(alice, blob.cid(), path("first").toString());
    Item before = item(reference);
    delete(reference);
    assertThat(codes()).contains(Code.BLOB_REFERENCE_WRONG);
    put(reference, before);
    put(BlobItems.reference(alice, blob.cid(), path("n1").toString()), before);
    assertThat(codes()).containsExactly(Code.BLOB_REFERENCE_WRONG);
  }

  @Test
  void everyCommitHasItsEventAndItsPlaceInTheLog() throws Exception {
    Key outbox = Outbox.key(alice, head().rev());
    Item before = item(outbox);
    delete(outbox);
    assertThat(codes()).containsExactly(Code.EVENT_MISSING);
    put(outbox, before);
    assertThat(codes()).containsExactly(Code.EVENT_WRONG);
    pds.memory.batchPut(
        List.of(new Entry(outbox, before, pds.clock.instant().plus(Duration.ofDays(1)))));
    assertThat(verify()).isEmpty();
    delete(EventLog.key(before.requireNumber("seq")));
    assertThat(codes()).containsExactly(Code.EVENT_WRONG);
  }

  @Test
  void aLogThatForgotItsNumbersIsDamage() {
    delete(EventLog.STATE);
    assertThat(verify())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(Code.LOG_WRONG);
              assertThat(finding.what()).isEqualTo(Finding.name(EventLog.STATE));
            });
  }

  @Test
  void aPackMustLeadToTheTreeThatItsSuccessorFollows() throws Exception {
    String name = RepoKeys.pack(alice, head().rev());
    Objects.Metadata note = pds.objects.metadata(name).orElseThrow();
    Map<String, String> other = new HashMap<>(note.entries());
    other.put("prev-data", NOTHING.toString());
    byte[] pack = pds.objects.get(name).orElseThrow();
    pds.objects.putStream(name, new ByteArrayInputStream(pack), new Objects.Metadata(other));
    assertThat(codes()).containsExactly(Code.PACK_DAMAGED, Code.EVENT_WRONG);
  }

  @Test
  void anAccountThatIsNotListedIsDamage() {
    Key listing = AccountKeys.listing(pds.read("alice").createdAt(), alice);
    delete(listing);
    assertThat(verify()).singleElement().extracting(Finding::what).isEqualTo(Finding.name(listing));
  }

  @Test
  void aReplacedRecordMustBeWhatItWas() {
    Key replaced =
        pds.memory.entries().stream()
            .map(Entry::key)
            .filter(key -> key.sort().startsWith("gone#"))
            .findFirst()
            .orElseThrow();
    Item before = item(replaced);
    pds.memory.batchPut(
        List.of(
            new Entry(
                replaced,
                before.toBuilder().bytes("block", new byte[] {1}).build(),
                pds.clock.instant().plus(Duration.ofHours(1)))));
    assertThat(codes()).containsExactly(Code.RECORD_DAMAGED);
  }

  @Test
  void whatAModeratorHidIsNotedTwice() {
    assertThat(server.records.set(alice, path("n5"), "mod-1")).isTrue();
    server.settle();
    assertThat(verify()).isEmpty();
    Key note = RepoKeys.hidden(alice, path("n5"));
    Item noted = item(note);
    delete(note);
    assertThat(codes()).containsExactly(Code.TAKEDOWN_WRONG);
    put(note, noted);
    put(RepoKeys.hidden(alice, path("n6")), noted);
    assertThat(codes()).containsExactly(Code.TAKEDOWN_WRONG);
  }

  @Test
  void theItemsOfAnInviteCodeMustAgree() {
    String code = pds.invites.create(InviteCodes.ADMIN, InviteCodes.ADMIN, 1, 5).getFirst();
    assertThat(verify()).isEmpty();
    List<Key> keys =
        pds.memory.entries().stream()
            .map(Entry::key)
            .filter(key -> (key.partition() + key.sort()).contains(code))
            .toList();
    assertThat(keys).hasSize(4);
    for (Key key : keys) {
      Item before = item(key);
      delete(key);
      assertThat(verify())
          .as("without %s", key)
          .extracting(Finding::code, Finding::what)
          .containsExactly(tuple(Code.INVITE_WRONG, Finding.name(key)));
      put(key, before);
    }
  }

  @Test
  void anEventThatWaitsIsUnderWay() {
    server.write(alice, "late", "not numbered yet");
    assertThat(verify())
        .filteredOn(finding -> finding.code() == Code.EVENT_WAITING)
        .extracting(Finding::severity)
        .containsExactly(Severity.UNDER_WAY);
  }

  @Test
  void objectsAndItemsOfNobodyAreLeftovers() {
    assertThat(
            pds.objects.putIfAbsent(
                "blobs/did:plc:nobody/3k2a", new byte[1], Objects.Metadata.NONE))
        .isTrue();
    put(new Key("did:plc:nobody", "preferences"), Item.EMPTY);
    assertThat(codes()).containsExactly(Code.OBJECT_ORPHANED, Code.ITEM_ORPHANED);
  }

  @Test
  void aYoungLeftoverMayBeUnderWay() {
    List<Finding> findings = new ArrayList<>();
    String name = RepoKeys.pack(alice, later());
    assertThat(pds.objects.putIfAbsent(name, new byte[3], Objects.Metadata.NONE)).isTrue();
    new Verifier(
            pds.memory,
            pds.objects,
            did -> pds.keys.find(did).map(PrivateKey::publicKey),
            server.log,
            pds.clock,
            Duration.ofHours(1))
        .account(alice, findings::add);
    assertThat(findings).extracting(Finding::severity).containsExactly(Severity.UNDER_WAY);
  }
}

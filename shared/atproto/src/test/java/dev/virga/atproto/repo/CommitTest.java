package dev.virga.atproto.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommitTest {
  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Cid DATA = Mst.empty().root();

  private static PrivateKey key(Curve curve) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) 7);
    return PrivateKey.fromBytes(curve, bytes);
  }

  private static Commit signed() {
    return Commit.sign(DID, REV, DATA, key(Curve.K256));
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void aSignedCommitVerifiesAfterDecoding(Curve curve) {
    Commit commit = Commit.sign(DID, REV, DATA, key(curve));
    Commit decoded = Commit.decode(commit.encode());
    assertThat(decoded).isEqualTo(commit).hasSameHashCodeAs(commit);
    assertThat(decoded.cid()).isEqualTo(commit.cid());
    assertThat(commit.cid().addresses(commit.encode())).isTrue();
    assertThat(decoded.verify(key(curve).publicKey())).isTrue();
  }

  @Test
  void signingIsDeterministic() {
    assertThat(signed().encode()).isEqualTo(signed().encode());
  }

  @Test
  void anotherKeyOrAnotherContentDoesNotVerify() {
    Commit commit = signed();
    assertThat(commit.verify(key(Curve.P256).publicKey())).isFalse();
    Commit other = new Commit(DID, REV, Trees.RECORD, null, commit.sig());
    assertThat(other.verify(key(Curve.K256).publicKey())).isFalse();
  }

  @Test
  void fieldsAreInCanonicalOrderWithPrevAsNull() {
    assertThat(DagCbor.decodeObj(signed().encode()).entries().keySet())
        .containsExactly("did", "rev", "sig", "data", "prev", "version");
    assertThat(DagCbor.decodeObj(signed().encodeUnsigned()).entries().keySet())
        .containsExactly("did", "rev", "data", "prev", "version");
    assertThat(DagCbor.decodeObj(signed().encode()).get("prev")).contains(Value.Null.NULL);
  }

  @Test
  void aLinkToAPreviousCommitIsKept() {
    Commit commit = new Commit(DID, REV, DATA, Trees.RECORD, new byte[64]);
    assertThat(Commit.decode(commit.encode()).prev()).isEqualTo(Trees.RECORD);
  }

  @Test
  void refusesWhatIsNotACommitOfVersion3() {
    refused(fields -> fields.put("version", Value.of(2)));
    refused(fields -> fields.put("version", Value.of("3")));
    refused(fields -> fields.remove("version"));
    refused(fields -> fields.remove("sig"));
    refused(fields -> fields.put("sig", new Value.Bytes(new byte[63])));
    refused(fields -> fields.put("sig", Value.of("sig")));
    refused(fields -> fields.remove("prev"));
    refused(fields -> fields.put("prev", Value.of(1)));
    refused(fields -> fields.put("data", Value.Null.NULL));
    refused(fields -> fields.put("data", Value.of(Cid.ofRaw(new byte[1]))));
    refused(fields -> fields.put("did", Value.of("not a did")));
    refused(fields -> fields.put("rev", Value.of("not a tid")));
    refused(fields -> fields.put("rev", Value.of(7)));
    refused(fields -> fields.put("more", Value.of(7)));
    assertThatThrownBy(() -> Commit.decode(new byte[] {1})).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> Commit.decode(new byte[0])).isInstanceOf(DataException.class);
  }

  private static void refused(Consumer<Map<String, Value>> change) {
    Map<String, Value> fields = new HashMap<>(DagCbor.decodeObj(signed().encode()).entries());
    change.accept(fields);
    byte[] block = DagCbor.encode(new Value.Obj(fields));
    assertThatThrownBy(() -> Commit.decode(block)).isInstanceOf(DataException.class);
  }
}

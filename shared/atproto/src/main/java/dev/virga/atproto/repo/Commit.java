package dev.virga.atproto.repo;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A signed commit, the top block of a repository, version 3.
 *
 * <p>Source: atproto.com/specs/repository, "commit objects".
 *
 * @param did the account
 * @param rev the revision, greater than that of the commit before
 * @param data the root of the tree
 * @param prev a link from version 2, nowadays always null but always encoded
 * @param sig 64 bytes: a signature of the encoding without {@code sig}
 */
@SuppressWarnings("ArrayRecordComponent")
public record Commit(Did did, Tid rev, Cid data, @Nullable Cid prev, byte[] sig) {
  private static final long VERSION = 3;
  private static final int FIELDS = 6;
  private static final int SIGNATURE_LENGTH = 64;

  /**
   * Makes and signs a commit. The same arguments always make the same commit.
   *
   * @param key the account's signing key
   */
  public static Commit sign(Did did, Tid rev, Cid data, PrivateKey key) {
    Commit unsigned = new Commit(did, rev, data, null, new byte[0]);
    return new Commit(did, rev, data, null, key.sign(unsigned.encodeUnsigned()));
  }

  /** Whether the signature is one of the key: strictly, with low S. */
  public boolean verify(PublicKey key) {
    return key.verify(encodeUnsigned(), sig);
  }

  /** The block. */
  public byte[] encode() {
    Map<String, Value> fields = fields();
    fields.put("sig", new Value.Bytes(sig));
    return DagCbor.encode(new Value.Obj(fields));
  }

  /** What is signed: the encoding without {@code sig}. */
  public byte[] encodeUnsigned() {
    return DagCbor.encode(new Value.Obj(fields()));
  }

  private Map<String, Value> fields() {
    Map<String, Value> fields = new HashMap<>();
    fields.put("did", Value.of(did.text()));
    fields.put("version", Value.of(VERSION));
    fields.put("data", Value.of(data));
    fields.put("rev", Value.of(rev.toString()));
    fields.put("prev", prev == null ? Value.Null.NULL : Value.of(prev));
    return fields;
  }

  /** The CID of the block. */
  public Cid cid() {
    return Cid.ofDagCbor(encode());
  }

  /**
   * Reads a commit block; the signature is not verified.
   *
   * @throws DataException if it is anything but a signed commit of version 3, or has more fields
   *     (which could not be kept, and so not verified)
   */
  public static Commit decode(byte[] bytes) {
    Value.Obj fields = DagCbor.decodeObj(bytes);
    if (!(fields.get("version").orElse(null) instanceof Value.Int(long version))
        || version != VERSION) {
      throw new DataException("not a commit of version 3");
    }
    if (fields.entries().size() != FIELDS) {
      throw new DataException("a commit with missing or unknown fields");
    }
    if (!(fields.get("sig").orElse(null) instanceof Value.Bytes(byte[] sig))
        || sig.length != SIGNATURE_LENGTH) {
      throw new DataException("a commit without a signature of 64 bytes");
    }
    if (!(fields.get("data").orElse(null) instanceof Value.Link(Cid data)) || !data.isDagCbor()) {
      throw new DataException("a commit without a link to a tree");
    }
    try {
      return new Commit(
          Did.parse(text(fields, "did")), Tid.parse(text(fields, "rev")), data, prev(fields), sig);
    } catch (SyntaxException e) {
      throw new DataException("a commit with a malformed field: " + e.getMessage(), e);
    }
  }

  private static String text(Value.Obj fields, String name) {
    return fields
        .text(name)
        .orElseThrow(() -> new DataException("a commit without a text field " + name));
  }

  private static @Nullable Cid prev(Value.Obj fields) {
    Value prev = fields.get("prev").orElse(null);
    if (prev instanceof Value.Link(Cid cid)) {
      return cid;
    }
    if (prev != Value.Null.NULL) {
      throw new DataException("a commit without prev, null or a link");
    }
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Commit that
        && did.equals(that.did)
        && rev.equals(that.rev)
        && data.equals(that.data)
        && Objects.equals(prev, that.prev)
        && Arrays.equals(sig, that.sig);
  }

  @Override
  public int hashCode() {
    return Objects.hash(did, rev, data);
  }
}

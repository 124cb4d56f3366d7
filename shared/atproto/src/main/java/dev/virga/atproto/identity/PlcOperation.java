package dev.virga.atproto.identity;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.crypto.Sha256;
import dev.virga.atproto.data.Base32;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signed operation in the log of a did:plc.
 *
 * <p>Source: did:plc specification, "Operation Serialization, Signing, and Validation".
 */
public sealed interface PlcOperation {

  /** Sets the whole state; {@code plc_operation}. It is a genesis if it has no predecessor. */
  record Update(PlcData data, @Nullable Cid previous, String sig) implements PlcOperation {
    @Override
    public Optional<Cid> prev() {
      return Optional.ofNullable(previous);
    }

    @Override
    public Optional<PlcData> state() {
      return Optional.of(data);
    }

    @Override
    public Value.Obj unsigned() {
      return unsigned(data, previous);
    }

    private static Value.Obj unsigned(PlcData data, @Nullable Cid previous) {
      return data.fields()
          .put("type", "plc_operation")
          .put("prev", previous == null ? Value.Null.NULL : Value.of(previous.toString()))
          .build();
    }
  }

  /** Takes the DID out of use; {@code plc_tombstone}. */
  record Tombstone(Cid previous, String sig) implements PlcOperation {
    @Override
    public Optional<Cid> prev() {
      return Optional.of(previous);
    }

    @Override
    public Optional<PlcData> state() {
      return Optional.empty();
    }

    @Override
    public Value.Obj unsigned() {
      return unsigned(previous);
    }

    private static Value.Obj unsigned(Cid previous) {
      return Value.Obj.builder()
          .put("type", "plc_tombstone")
          .put("prev", previous.toString())
          .build();
    }
  }

  /** The genesis of the oldest accounts, {@code create}; read for ever, never written. */
  record LegacyCreate(
      String signingKey, String recoveryKey, String handle, String service, String sig)
      implements PlcOperation {
    @Override
    public Optional<Cid> prev() {
      return Optional.empty();
    }

    @Override
    public Optional<PlcData> state() {
      return Optional.of(
          new PlcData(
              List.of(recoveryKey, signingKey),
              Map.of(PlcData.ATPROTO, signingKey),
              List.of(alias()),
              Map.of(PlcData.PDS, new PlcService(PlcData.PDS_TYPE, endpoint()))));
    }

    private String alias() {
      return handle.startsWith(PlcData.AT_SCHEME)
          ? handle
          : PlcData.AT_SCHEME + handle.replaceFirst("http://", "").replaceFirst("https://", "");
    }

    private String endpoint() {
      boolean isUrl = service.startsWith("http://") || service.startsWith("https://");
      return isUrl ? service : "https://" + service;
    }

    @Override
    public Value.Obj unsigned() {
      return Value.Obj.builder()
          .put("type", "create")
          .put("signingKey", signingKey)
          .put("recoveryKey", recoveryKey)
          .put("handle", handle)
          .put("service", service)
          .put("prev", Value.Null.NULL)
          .build();
    }
  }

  /** The first operation of a new DID, which is {@link #did()} of the result. */
  static Update genesis(PlcData data, PrivateKey rotationKey) {
    return new Update(data, null, sign(Update.unsigned(data, null), rotationKey));
  }

  /** The operation that follows another and sets this state. */
  static Update update(Cid previous, PlcData data, PrivateKey rotationKey) {
    return new Update(data, previous, sign(Update.unsigned(data, previous), rotationKey));
  }

  /** The operation that follows another and ends the DID. */
  static Tombstone tombstone(Cid previous, PrivateKey rotationKey) {
    return new Tombstone(previous, sign(Tombstone.unsigned(previous), rotationKey));
  }

  private static String sign(Value.Obj unsigned, PrivateKey key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.sign(DagCbor.encode(unsigned)));
  }

  /**
   * Reads an operation of any of the three types; exactly its fields, of the right kinds. Neither
   * the signature nor the directory's limits ({@link PlcLimits}) are checked.
   *
   * @throws DataException if the map is anything else
   */
  static PlcOperation parse(Value.Obj obj) {
    String type = obj.text("type").orElseThrow(() -> new DataException("operation lacks type"));
    return switch (type) {
      case "plc_operation" -> parseUpdate(obj);
      case "plc_tombstone" -> {
        StrictFields fields = new StrictFields("tombstone", obj, Set.of("type", "prev", "sig"));
        yield new Tombstone(fields.cid("prev"), fields.text("sig"));
      }
      case "create" -> parseLegacyCreate(obj);
      default -> throw new DataException("unknown type of operation");
    };
  }

  private static Update parseUpdate(Value.Obj obj) {
    StrictFields fields =
        new StrictFields(
            "operation",
            obj,
            Set.of(
                "type",
                "rotationKeys",
                "verificationMethods",
                "alsoKnownAs",
                "services",
                "prev",
                "sig"));
    Map<String, PlcService> services = new LinkedHashMap<>();
    fields
        .objMap("services")
        .forEach(
            (id, service) -> {
              StrictFields of = new StrictFields("service", service, Set.of("type", "endpoint"));
              services.put(id, new PlcService(of.text("type"), of.text("endpoint")));
            });
    PlcData data =
        new PlcData(
            fields.texts("rotationKeys"),
            fields.textMap("verificationMethods"),
            fields.texts("alsoKnownAs"),
            services);
    return new Update(data, fields.nullableCid("prev"), fields.text("sig"));
  }

  private static LegacyCreate parseLegacyCreate(Value.Obj obj) {
    StrictFields fields =
        new StrictFields(
            "create operation",
            obj,
            Set.of("type", "signingKey", "recoveryKey", "handle", "service", "prev", "sig"));
    if (!fields.isNull("prev")) {
      throw new DataException("create operation: prev must be null");
    }
    return new LegacyCreate(
        fields.text("signingKey"),
        fields.text("recoveryKey"),
        fields.text("handle"),
        fields.text("service"),
        fields.text("sig"));
  }

  /** The operation that this one follows; empty for a genesis. */
  Optional<Cid> prev();

  /** The state that this operation sets, in today's form; empty for a tombstone. */
  Optional<PlcData> state();

  /** 64 bytes of signature in base64url, if it is well-formed. */
  String sig();

  /** What is signed: all fields but {@code sig}. */
  Value.Obj unsigned();

  /** As it is sent, stored and hashed. */
  default Value.Obj toValue() {
    return unsigned().with("sig", Value.of(sig()));
  }

  /** The CID by which the next operation names this one. */
  default Cid cid() {
    return Cid.ofDagCbor(DagCbor.encode(toValue()));
  }

  /** The DID whose genesis this operation is (whether it may be one is {@link PlcLog}'s matter). */
  default Did did() {
    byte[] hash = Sha256.of(DagCbor.encode(toValue()));
    return Did.parse("did:plc:" + Base32.encode(hash).substring(0, 24));
  }

  /**
   * Which of these did:keys signed this operation: the index of the first, or empty if none did or
   * the signature is not 64 bytes in canonical base64url with low S.
   */
  default OptionalInt signer(List<String> didKeys) {
    Optional<byte[]> signature = decode(sig());
    if (signature.isEmpty()) {
      return OptionalInt.empty();
    }
    byte[] message = DagCbor.encode(unsigned());
    for (int i = 0; i < didKeys.size(); i++) {
      if (verifies(didKeys.get(i), message, signature.get())) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  private static boolean verifies(String didKey, byte[] message, byte[] signature) {
    try {
      return PublicKey.parseDidKey(didKey).verify(message, signature);
    } catch (SyntaxException otherSortOfKey) {
      return false;
    }
  }

  private static Optional<byte[]> decode(String sig) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(sig);
      // Another spelling of the same bytes would give the operation another CID.
      boolean canonical = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(sig);
      return canonical ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}

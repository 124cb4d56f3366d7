package dev.virga.atproto.identity;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.SyntaxException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a DID of any method resolves to: an account's or service's keys, names and places.
 *
 * <p>Keeps fields that it does not know. What it offers is only claimed: a handle must resolve back
 * to the DID. Source: atproto.com/specs/did, "DID Documents".
 */
public final class DidDocument {
  /** More than any document needs; resolvers should not read further. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final String CONTEXT = "https://www.w3.org/ns/did/v1";
  private static final String MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1";

  private final Did did;
  private final List<String> alsoKnownAs;
  private final List<Value.Obj> methods;
  private final List<Value.Obj> services;
  private final Value.Obj value;

  private DidDocument(Value.Obj value) {
    this.value = value;
    this.did = parseDid(value);
    this.alsoKnownAs = parseAliases(value);
    this.methods = maps(value, "verificationMethod");
    this.services = maps(value, "service");
  }

  /**
   * An entry of {@code service}.
   *
   * @param endpoint a URL with scheme http or https and a host
   */
  public record Service(String type, URI endpoint) {}

  /**
   * Reads a document, letting unknown fields and entries pass.
   *
   * @throws DataException if {@code id} is no DID or a list is none
   */
  public static DidDocument parse(Value.Obj value) {
    return new DidDocument(value);
  }

  /**
   * The document in the form in which the PLC directory serves it; as good for did:web, where
   * rotation keys play no part.
   */
  public static DidDocument of(Did did, PlcData data) {
    List<Value> contexts = new ArrayList<>();
    contexts.add(Value.of(CONTEXT));
    contexts.add(Value.of(MULTIKEY_CONTEXT));
    List<Value> methods = new ArrayList<>();
    data.verificationMethods()
        .forEach(
            (id, didKey) -> {
              suiteOf(didKey)
                  .map(Value::of)
                  .filter(suite -> !contexts.contains(suite))
                  .ifPresent(contexts::add);
              methods.add(method(did, id, didKey));
            });
    List<Value> services = new ArrayList<>();
    data.services().forEach((id, service) -> services.add(service(id, service)));
    return new DidDocument(
        Value.Obj.builder()
            .put("@context", new Value.Array(contexts))
            .put("id", did.text())
            .put("alsoKnownAs", PlcData.texts(data.alsoKnownAs()))
            .put("verificationMethod", new Value.Array(methods))
            .put("service", new Value.Array(services))
            .build());
  }

  private static Optional<String> suiteOf(String didKey) {
    try {
      return Optional.of(
          switch (PublicKey.parseDidKey(didKey).curve()) {
            case K256 -> "https://w3id.org/security/suites/secp256k1-2019/v1";
            case P256 -> "https://w3id.org/security/suites/ecdsa-2019/v1";
          });
    } catch (SyntaxException keyOfAnotherKind) {
      return Optional.empty();
    }
  }

  private static Value.Obj method(Did did, String id, String didKey) {
    String multibase =
        didKey.startsWith("did:key:") ? didKey.substring("did:key:".length()) : didKey;
    return Value.Obj.builder()
        .put("id", did + "#" + id)
        .put("type", "Multikey")
        .put("controller", did.text())
        .put("publicKeyMultibase", multibase)
        .build();
  }

  private static Value.Obj service(String id, PlcService service) {
    return Value.Obj.builder()
        .put("id", "#" + id)
        .put("type", service.type())
        .put("serviceEndpoint", service.endpoint())
        .build();
  }

  private static Did parseDid(Value.Obj value) {
    return value
        .text("id")
        .filter(Did::isValid)
        .map(Did::new)
        .orElseThrow(() -> new DataException("DID document without a DID as id"));
  }

  private static List<String> parseAliases(Value.Obj value) {
    List<String> aliases = new ArrayList<>();
    for (Value item : list(value, "alsoKnownAs")) {
      if (!(item instanceof Value.Text(String alias))) {
        throw new DataException("DID document: alsoKnownAs must be an array of text");
      }
      aliases.add(alias);
    }
    return List.copyOf(aliases);
  }

  /** Entries that are maps; the DID core specification allows others (references by text). */
  private static List<Value.Obj> maps(Value.Obj value, String key) {
    return list(value, key).stream()
        .filter(Value.Obj.class::isInstance)
        .map(Value.Obj.class::cast)
        .toList();
  }

  private static List<Value> list(Value.Obj value, String key) {
    if (!value.has(key)) {
      return List.of();
    }
    return value
        .array(key)
        .orElseThrow(() -> new DataException("DID document: " + key + " must be an array"));
  }

  public Did did() {
    return did;
  }

  public List<String> alsoKnownAs() {
    return alsoKnownAs;
  }

  /** The handle claimed: of the first {@code at://} alias, if it is one. */
  public Optional<Handle> handle() {
    return PlcData.firstHandle(alsoKnownAs);
  }

  /** The key that signs the repository, {@code #atproto}. */
  public Optional<PublicKey> signingKey() {
    return verificationKey(PlcData.ATPROTO);
  }

  /**
   * The key of a verification method, by its fragment without {@code #}; empty if there is none, or
   * it is of a type or curve unknown here. Of several with the same id the first counts.
   */
  public Optional<PublicKey> verificationKey(String fragment) {
    return find(methods, fragment).flatMap(DidDocument::key);
  }

  private static Optional<PublicKey> key(Value.Obj method) {
    Optional<String> multibase = method.text("publicKeyMultibase");
    if (multibase.isEmpty()) {
      return Optional.empty();
    }
    try {
      return switch (method.text("type").orElse("")) {
        case "Multikey" -> multibase.map(PublicKey::parseMultibase);
        case "EcdsaSecp256k1VerificationKey2019" ->
            multibase.map(text -> PublicKey.parseLegacyMultibase(Curve.K256, text));
        case "EcdsaSecp256r1VerificationKey2019" ->
            multibase.map(text -> PublicKey.parseLegacyMultibase(Curve.P256, text));
        default -> Optional.empty();
      };
    } catch (SyntaxException keyOfAnotherKind) {
      return Optional.empty();
    }
  }

  /** Where the account's PDS is, {@code #atproto_pds}. */
  public Optional<URI> pdsEndpoint() {
    return service(PlcData.PDS)
        .filter(service -> service.type().equals(PlcData.PDS_TYPE))
        .map(Service::endpoint);
  }

  /**
   * A service, by its fragment without {@code #}; empty if there is none or its endpoint is no URL.
   * Of several with the same id the first counts.
   */
  public Optional<Service> service(String fragment) {
    return find(services, fragment)
        .flatMap(
            entry ->
                entry
                    .text("serviceEndpoint")
                    .flatMap(DidDocument::url)
                    .map(url -> new Service(entry.text("type").orElse(""), url)));
  }

  private static Optional<URI> url(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      return web && uri.getHost() != null && uri.getUserInfo() == null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException notAUri) {
      return Optional.empty();
    }
  }

  private Optional<Value.Obj> find(List<Value.Obj> entries, String fragment) {
    String relative = "#" + fragment;
    String absolute = did + relative;
    return entries.stream()
        .filter(
            entry -> {
              String id = entry.text("id").orElse("");
              return id.equals(relative) || id.equals(absolute);
            })
        .findFirst();
  }

  /** The whole document, unknown fields included. */
  public Value.Obj toValue() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DidDocument that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "DidDocument[" + did + "]";
  }
}

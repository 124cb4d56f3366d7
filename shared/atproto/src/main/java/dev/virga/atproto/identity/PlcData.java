package dev.virga.atproto.identity;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state of a did:plc between two operations: everything but the DID itself.
 *
 * @param rotationKeys did:keys that may sign the next operation, those of higher authority first
 * @param verificationMethods did:keys by fragment without {@code #}; {@code atproto} signs the
 *     repository
 * @param alsoKnownAs URIs; the first {@code at://} one names the handle
 * @param services by fragment without {@code #}; {@code atproto_pds} is the account's PDS
 */
public record PlcData(
    List<String> rotationKeys,
    Map<String, String> verificationMethods,
    List<String> alsoKnownAs,
    Map<String, PlcService> services) {
  static final String ATPROTO = "atproto";
  static final String PDS = "atproto_pds";
  static final String PDS_TYPE = "AtprotoPersonalDataServer";
  static final String AT_SCHEME = "at://";

  public PlcData {
    rotationKeys = List.copyOf(rotationKeys);
    verificationMethods = Collections.unmodifiableMap(new LinkedHashMap<>(verificationMethods));
    alsoKnownAs = List.copyOf(alsoKnownAs);
    services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
  }

  /** The state of a usual account. */
  public static PlcData ofAccount(
      Handle handle, PublicKey signingKey, URI pds, List<PublicKey> rotationKeys) {
    return new PlcData(
        didKeys(rotationKeys),
        Map.of(ATPROTO, signingKey.didKey()),
        List.of(AT_SCHEME + handle),
        Map.of(PDS, new PlcService(PDS_TYPE, pds.toString())));
  }

  private static List<String> didKeys(List<PublicKey> keys) {
    return keys.stream().map(PublicKey::didKey).toList();
  }

  /** With the handle in place of the first {@code at://} alias, or before all others. */
  public PlcData withHandle(Handle handle) {
    List<String> aliases = new ArrayList<>(alsoKnownAs);
    for (int i = 0; i < aliases.size(); i++) {
      if (aliases.get(i).startsWith(AT_SCHEME)) {
        aliases.set(i, AT_SCHEME + handle);
        return withAlsoKnownAs(aliases);
      }
    }
    aliases.addFirst(AT_SCHEME + handle);
    return withAlsoKnownAs(aliases);
  }

  public PlcData withAlsoKnownAs(List<String> aliases) {
    return new PlcData(rotationKeys, verificationMethods, aliases, services);
  }

  public PlcData withSigningKey(PublicKey key) {
    Map<String, String> methods = new LinkedHashMap<>(verificationMethods);
    methods.put(ATPROTO, key.didKey());
    return new PlcData(rotationKeys, methods, alsoKnownAs, services);
  }

  public PlcData withPds(URI pds) {
    Map<String, PlcService> changed = new LinkedHashMap<>(services);
    changed.put(PDS, new PlcService(PDS_TYPE, pds.toString()));
    return new PlcData(rotationKeys, verificationMethods, alsoKnownAs, changed);
  }

  public PlcData withRotationKeys(List<PublicKey> keys) {
    return new PlcData(didKeys(keys), verificationMethods, alsoKnownAs, services);
  }

  /** The handle claimed, if it is one. */
  public Optional<Handle> handle() {
    return firstHandle(alsoKnownAs);
  }

  static Optional<Handle> firstHandle(List<String> aliases) {
    return aliases.stream()
        .filter(alias -> alias.startsWith(AT_SCHEME))
        .findFirst()
        .map(alias -> alias.substring(AT_SCHEME.length()))
        .filter(Handle::isValid)
        .map(Handle::new);
  }

  /** As the directory answers {@code GET /:did/data}. */
  public Value.Obj toValue(Did did) {
    return fields().put("did", did.text()).build();
  }

  /** The four fields as an operation has them. */
  Value.Builder fields() {
    Value.Builder methods = Value.Obj.builder();
    verificationMethods.forEach(methods::put);
    Value.Builder listed = Value.Obj.builder();
    services.forEach(
        (id, service) ->
            listed.put(
                id,
                Value.Obj.builder()
                    .put("type", service.type())
                    .put("endpoint", service.endpoint())
                    .build()));
    return Value.Obj.builder()
        .put("rotationKeys", texts(rotationKeys))
        .put("verificationMethods", methods.build())
        .put("alsoKnownAs", texts(alsoKnownAs))
        .put("services", listed.build());
  }

  static Value texts(List<String> texts) {
    return new Value.Array(texts.stream().map(Value::of).toList());
  }
}

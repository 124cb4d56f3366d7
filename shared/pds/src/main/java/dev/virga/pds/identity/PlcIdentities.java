package dev.virga.pds.identity;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The did:plc identities of this server's accounts, made and changed with its rotation key. */
public final class PlcIdentities {
  private final PlcDirectory directory;
  private final PrivateKey rotationKey;
  private final @Nullable PublicKey recoveryKey;
  private final URI endpoint;

  /**
   * The identities of a server.
   *
   * @param recoveryKey the operator's, ranking before the rotation key; null for none
   * @param endpoint this server's public URL
   */
  public PlcIdentities(
      PlcDirectory directory,
      PrivateKey rotationKey,
      @Nullable PublicKey recoveryKey,
      URI endpoint) {
    this.directory = directory;
    this.rotationKey = rotationKey;
    this.recoveryKey = recoveryKey;
    this.endpoint = endpoint;
  }

  /** A DID that will exist once its genesis is registered. */
  public record Prepared(Did did, PlcOperation genesis) {}

  /**
   * Makes up an identity; the directory does not learn of it.
   *
   * @param ownKey a rotation key of the account's owner, ranking before all others; null for none
   */
  public Prepared prepare(Handle handle, PublicKey signingKey, @Nullable PublicKey ownKey) {
    PlcData data = PlcData.ofAccount(handle, signingKey, endpoint, rotationKeys(ownKey));
    PlcOperation genesis = PlcOperation.genesis(data, rotationKey);
    return new Prepared(genesis.did(), genesis);
  }

  /** Who may change an identity of an account here, the highest rank first. */
  public List<PublicKey> rotationKeys(@Nullable PublicKey ownKey) {
    List<PublicKey> keys = new ArrayList<>();
    if (ownKey != null) {
      keys.add(ownKey);
    }
    if (recoveryKey != null && !keys.contains(recoveryKey)) {
      keys.add(recoveryKey);
    }
    if (!keys.contains(rotationKey.publicKey())) {
      keys.add(rotationKey.publicKey());
    }
    return keys;
  }

  public void register(Prepared identity) throws DirectoryException {
    directory.submit(identity.did(), identity.genesis());
  }

  /** Takes a DID out of use; harmless if the directory does not know it, or not any more. */
  public void retire(Did did) throws DirectoryException {
    Optional<PlcOperation> last = directory.last(did);
    if (last.isPresent() && last.get().state().isPresent()) {
      directory.submit(did, PlcOperation.tombstone(last.get().cid(), rotationKey));
    }
  }

  /**
   * Makes a DID claim another handle, unless it does already.
   *
   * @throws DirectoryException also if the DID is unknown or out of use
   */
  public void changeHandle(Did did, Handle handle) throws DirectoryException {
    PlcOperation last = current(did);
    PlcData state = last.state().orElseThrow();
    PlcData changed = state.withHandle(handle);
    if (!changed.equals(state)) {
      directory.submit(did, PlcOperation.update(last.cid(), changed, rotationKey));
    }
  }

  /**
   * The last operation of a DID in use.
   *
   * @throws DirectoryException also if the DID is unknown or out of use
   */
  public PlcOperation current(Did did) throws DirectoryException {
    return directory
        .last(did)
        .filter(operation -> operation.state().isPresent())
        .orElseThrow(() -> DirectoryException.refused("the DID is unknown or out of use"));
  }

  /** An operation after the given one that sets this state, signed but not handed in. */
  public PlcOperation sign(PlcOperation last, PlcData state) {
    return PlcOperation.update(last.cid(), state, rotationKey);
  }

  /** Hands in an operation that somebody signed. */
  public void submit(Did did, PlcOperation operation) throws DirectoryException {
    directory.submit(did, operation);
  }

  /** The key of this server that may change its accounts' identities. */
  public PublicKey rotationKey() {
    return rotationKey.publicKey();
  }

  /** This server's public URL, as identities of its accounts name it. */
  public URI endpoint() {
    return endpoint;
  }
}

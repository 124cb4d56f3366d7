package dev.virga.pds.backup;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.blob.BlobRebuild;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.RepoRebuild;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes everything of an account that derives from its objects, once the account itself is in the
 * Index; then tells the network where it stands. Shared by {@link Restore} and {@link
 * IndexRebuild}.
 */
public final class Revival {
  private static final List<String> PREFIXES = List.of("repos/", "blobs/", "quarantine/");

  private final Objects objects;
  private final Accounts accounts;
  private final AccountChanges changes;
  private final SigningKeys keys;
  private final Heads heads;
  private final RepoRebuild repositories;
  private final BlobRebuild blobs;

  public Revival(
      Objects objects,
      Accounts accounts,
      AccountChanges changes,
      SigningKeys keys,
      Heads heads,
      RepoRebuild repositories,
      BlobRebuild blobs) {
    this.objects = objects;
    this.accounts = accounts;
    this.changes = changes;
    this.keys = keys;
    this.heads = heads;
    this.repositories = repositories;
    this.blobs = blobs;
  }

  /** Removes the objects of an account that is not there yet. */
  void clearObjects(Did did) {
    for (String prefix : PREFIXES) {
      Objects.Listing listing = objects.list(prefix + did + "/", null);
      while (!listing.objects().isEmpty()) {
        listing.objects().forEach(listed -> objects.delete(listed.name()));
        listing = objects.list(prefix + did + "/", null);
      }
    }
  }

  /**
   * Rebuilds repository and blobs of an account and announces it.
   *
   * @return what is missing or damaged, in words
   * @throws StoreException if the repository cannot be rebuilt
   */
  List<String> revive(Did did, boolean acceptLoss) throws IOException {
    Account account =
        accounts.find(did).orElseThrow(() -> new StoreException("the account is missing: " + did));
    keys.forget(did);
    heads.forget(did);
    PublicKey key;
    try {
      key =
          keys.find(did)
              .orElseThrow(() -> new StoreException("the signing key is missing: " + did))
              .publicKey();
    } catch (IllegalStateException e) {
      throw new StoreException("the signing key of " + did + " does not open", e);
    }
    Optional<RepoRebuild.Outcome> repository =
        repositories.rebuild(did, key, account.status().repoState(), acceptLoss);
    if (repository.isEmpty()) {
      throw new StoreException("there are no packs of " + did);
    }
    List<String> findings = new ArrayList<>(repository.get().findings());
    findings.addAll(blobs.rebuild(did).findings());
    heads.forget(did);
    changes.announce(did);
    return findings;
  }
}

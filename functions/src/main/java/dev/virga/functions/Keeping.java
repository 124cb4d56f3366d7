package dev.virga.functions;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.pds.backup.AccountDumps;
import dev.virga.pds.backup.Backup;
import dev.virga.pds.backup.IndexRebuild;
import dev.virga.pds.backup.Restore;
import dev.virga.pds.backup.Revival;
import dev.virga.pds.backup.ServerIdentity;
import dev.virga.pds.backup.SnapshotCheck;
import dev.virga.pds.blob.BlobRebuild;
import dev.virga.pds.repo.RepoRebuild;
import dev.virga.pds.verify.Verifier;
import java.time.Duration;

/** What an operator does to a PDS from outside, composed on top of its {@link Services}. */
public final class Keeping {
  /** What nobody refers to is removed within two days, if rounds of upkeep are made. */
  public static final Duration GRACE = Duration.ofDays(3);

  private final Services services;

  public Keeping(Services services) {
    this.services = services;
  }

  /** Writes everything into a folder. */
  public Backup backup() {
    return new Backup(
        services.repos,
        dumps(),
        services.invites,
        services.heads,
        services.export,
        services.blobs,
        services.eventLog(),
        identity(),
        services.on.clock());
  }

  /** Takes a backup into empty stores. */
  public Restore restore() {
    return new Restore(
        services.on.index(),
        services.on.objects(),
        services.repos,
        dumps(),
        services.keys,
        revival(),
        services.eventLog(),
        identity(),
        services.tids);
  }

  /** Makes the Index anew. */
  public IndexRebuild rebuild() {
    return new IndexRebuild(
        services.on.index(),
        services.accounts,
        dumps(),
        services.snapshots,
        revival(),
        services.eventLog());
  }

  /**
   * Proves that everything is whole.
   *
   * @param grace how long what nobody refers to may be under way; usually {@link #GRACE}
   */
  public Verifier verifier(Duration grace) {
    return new Verifier(
        services.on.index(),
        services.on.objects(),
        did -> services.keys.find(did).map(PrivateKey::publicKey),
        services.eventLog(),
        services.on.clock(),
        grace);
  }

  /** Proves that accounts can be made anew from the Objects. */
  public SnapshotCheck snapshots() {
    return new SnapshotCheck(
        services.on.index(), services.on.objects(), dumps(), services.snapshots);
  }

  private AccountDumps dumps() {
    return new AccountDumps(services.on.index(), services.invites, services.on.clock());
  }

  private Revival revival() {
    return new Revival(
        services.on.objects(),
        services.accounts,
        services.accountChanges,
        services.keys,
        services.heads,
        new RepoRebuild(
            services.on.index(), services.on.objects(), services.tids, services.on.scratch()),
        new BlobRebuild(services.on.index(), services.on.objects(), services.tids));
  }

  private ServerIdentity identity() {
    return ServerIdentity.of(
        services.config.service().hostname(),
        services.config.secrets().rotationKey().publicKey().didKey(),
        services.config.secrets().keySealing().bytes());
  }
}

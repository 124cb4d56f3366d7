package dev.virga.pds.backup;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoRebuild;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a backup into an empty server, on whatever stores: accounts can log in, repositories have
 * the same commits, and the firehose continues above the old numbers.
 *
 * <p>For an operator, while no server runs on the same stores. A restoration that was cut short is
 * done again from the start.
 */
public final class Restore {
  private static final Key UNDER_WAY = new Key("upkeep", "restore");

  private final Index index;
  private final Objects objects;
  private final HostedRepos repos;
  private final AccountDumps dumps;
  private final SigningKeys keys;
  private final Revival revival;
  private final EventLog log;
  private final ServerIdentity identity;
  private final TidClock tids;

  public Restore(
      Index index,
      Objects objects,
      HostedRepos repos,
      AccountDumps dumps,
      SigningKeys keys,
      Revival revival,
      EventLog log,
      ServerIdentity identity,
      TidClock tids) {
    this.index = index;
    this.objects = objects;
    this.repos = repos;
    this.dumps = dumps;
    this.keys = keys;
    this.revival = revival;
    this.log = log;
    this.identity = identity;
    this.tids = tids;
  }

  /**
   * What was restored.
   *
   * @param warnings what the operator should know
   * @param findings what could not be restored, in words
   */
  public record Outcome(int accounts, List<String> warnings, List<String> findings) {
    public Outcome {
      warnings = List.copyOf(warnings);
      findings = List.copyOf(findings);
    }
  }

  /**
   * Restores a backup.
   *
   * @param old opens the keys of the backup if another secret sealed them than this server's; null
   *     if it is the same
   * @param progress told each account when it begins
   * @throws IOException if the folder cannot be read, or is no whole backup
   * @throws StoreException if this server has accounts already, or the keys would not open
   */
  public Outcome read(Path folder, @Nullable KeySealing old, Consumer<String> progress)
      throws IOException {
    BackupFolder from = new BackupFolder(folder);
    Value.Obj manifest = manifest(from);
    ServerIdentity there = ServerIdentity.from(manifest.obj("server").orElse(Value.Obj.EMPTY));
    requireSealing(there, old);
    requireEmpty();
    index.batchPut(List.of(new Entry(UNDER_WAY, Item.EMPTY)));
    log.continueAbove(manifest.integer("lastSeq").orElse(0));
    List<String> findings = new ArrayList<>();
    int accounts = 0;
    for (Did did : dids(manifest)) {
      progress.accept(did.text());
      try {
        account(from, did, old);
        accounts++;
      } catch (StoreException | DataException | SyntaxException | IOException e) {
        findings.add(did + ": " + e.getMessage());
      }
    }
    dumps.put(AccountDump.entries(from.read(from.serverFile()).array("items").orElse(List.of())));
    index.batchDelete(List.of(UNDER_WAY));
    return new Outcome(accounts, there.differences(identity), findings);
  }

  private static Value.Obj manifest(BackupFolder from) throws IOException {
    Value.Obj manifest =
        from.find(from.manifestFile())
            .orElseThrow(
                () ->
                    new IOException(
                        "no whole backup is here: " + from.manifestFile() + " is missing"));
    long format = manifest.integer("format").orElse(0);
    if (format != Backup.FORMAT) {
      throw new IOException(
          "the backup has format %d, this version of Virga knows %d"
              .formatted(format, Backup.FORMAT));
    }
    return manifest;
  }

  private void requireSealing(ServerIdentity there, @Nullable KeySealing old) {
    if (old == null && !there.sealing().equals(identity.sealing())) {
      throw new StoreException(
          "the signing keys of the backup were sealed under another VIRGA_KEY_SEALING_SECRET: give"
              + " that one");
    }
  }

  private void requireEmpty() {
    if (!repos.list(null, 1).isEmpty() && index.get(UNDER_WAY).isEmpty()) {
      throw new StoreException("this server has accounts already; restore into an empty one");
    }
  }

  private static List<Did> dids(Value.Obj manifest) throws IOException {
    List<Did> dids = new ArrayList<>();
    for (Value value : manifest.array("accounts").orElse(List.of())) {
      if (!(value instanceof Value.Text(String did))) {
        throw new IOException("the backup's list of accounts is damaged");
      }
      dids.add(Did.parse(did));
    }
    return dids;
  }

  private void account(BackupFolder from, Did did, @Nullable KeySealing old) throws IOException {
    Value.Obj file = from.read(from.accountFile(did));
    AccountDump dump =
        AccountDump.from(file.obj("dump").orElseThrow(() -> new DataException("no dump")));
    if (!dump.did().equals(did)) {
      throw new DataException("its folder has the dump of " + dump.did());
    }
    Tid rev = Tid.parse(file.text("rev").orElseThrow(() -> new DataException("no rev")));
    revival.clearObjects(did);
    try (InputStream car = from.open(from.repo(did))) {
      RepoRebuild.storeFull(did, rev, car, objects);
    }
    for (Value value : file.array("blobs").orElse(List.of())) {
      if (value instanceof Value.Obj blob) {
        blob(from, did, blob);
      }
    }
    dumps.write(old == null ? dump : resealed(dump, old));
    List<String> findings = revival.revive(did, false);
    if (!findings.isEmpty()) {
      throw new StoreException(String.join("; ", findings));
    }
  }

  private void blob(BackupFolder from, Did did, Value.Obj blob) throws IOException {
    Cid cid =
        Cid.parse(blob.text("cid").orElseThrow(() -> new DataException("a blob without CID")));
    boolean hidden = blob.get("hidden").orElse(null) instanceof Value.Bool(boolean is) && is;
    try (InputStream content = from.open(from.blob(did, cid))) {
      Blobs.store(did, tids.next(), content, blob.text("type").orElse(""), hidden, objects);
    }
  }

  private AccountDump resealed(AccountDump dump, KeySealing old) {
    return new AccountDump(
        dump.did(),
        dump.entries().stream()
            .map(
                entry ->
                    SigningKeys.isKey(dump.did(), entry.key())
                        ? new Entry(
                            entry.key(),
                            keys.resealed(dump.did(), entry.item(), old),
                            entry.expires())
                        : entry)
            .toList());
  }
}

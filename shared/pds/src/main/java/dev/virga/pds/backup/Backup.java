package dev.virga.pds.backup;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.blob.StoredBlob;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoExport;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a whole server into a folder: accounts, repositories as CARs, blobs.
 *
 * <p>Can run while the server does: of each account it takes one commit, its items as of then or a
 * moment later, and the blobs that are there. Done again into the same folder it writes only
 * repositories and blobs that changed, and removes accounts that are gone.
 */
public final class Backup {
  static final long FORMAT = 1;

  private static final int PAGE = 100;

  private final HostedRepos repos;
  private final AccountDumps dumps;
  private final InviteCodes invites;
  private final Heads heads;
  private final RepoExport export;
  private final Blobs blobs;
  private final EventLog log;
  private final ServerIdentity identity;
  private final InstantSource clock;

  public Backup(
      HostedRepos repos,
      AccountDumps dumps,
      InviteCodes invites,
      Heads heads,
      RepoExport export,
      Blobs blobs,
      EventLog log,
      ServerIdentity identity,
      InstantSource clock) {
    this.repos = repos;
    this.dumps = dumps;
    this.invites = invites;
    this.heads = heads;
    this.export = export;
    this.blobs = blobs;
    this.log = log;
    this.identity = identity;
    this.clock = clock;
  }

  /**
   * What was written.
   *
   * @param findings what could not be, in words
   */
  public record Outcome(int accounts, int repositories, int blobs, List<String> findings) {
    public Outcome {
      findings = List.copyOf(findings);
    }
  }

  /**
   * Writes or renews a backup.
   *
   * @param progress told each account when it begins
   * @throws IOException if the folder cannot be written
   */
  public Outcome write(Path to, Consumer<String> progress) throws IOException {
    BackupFolder folder = new BackupFolder(to);
    folder.create();
    // The number first: whatever comes later is told again by the restored server.
    long last = log.last();
    Round round = new Round(folder);
    @Nullable String cursor = null;
    do {
      List<HostedRepo> page = repos.list(cursor, PAGE);
      for (HostedRepo repo : page) {
        progress.accept(repo.did().text());
        round.account(repo.did());
      }
      cursor = page.size() < PAGE ? null : page.getLast().cursor();
    } while (cursor != null);
    folder.writeJson(
        folder.serverFile(),
        Value.Obj.builder()
            .put("items", AccountDump.toValue(invites.everything(InviteCodes.ADMIN)))
            .build());
    folder.writeJson(
        folder.manifestFile(),
        Value.Obj.builder()
            .put("format", FORMAT)
            .put("createdAt", clock.instant().toString())
            .put("lastSeq", last)
            .put("server", identity.toValue())
            .put("accounts", new Value.Array(round.dids.stream().map(Value::of).toList()))
            .build());
    BackupFolder.retain(
        to.resolve("accounts"), round.dids.stream().map(did -> did.replace(':', ',')).toList());
    return new Outcome(round.dids.size(), round.repositories, round.blobs, round.findings);
  }

  /** One backup being written. */
  private final class Round {
    private final BackupFolder folder;
    private final List<String> dids = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private int repositories;
    private int blobs;

    Round(BackupFolder folder) {
      this.folder = folder;
    }

    void account(Did did) throws IOException {
      Optional<AccountDump> dump = dumps.read(did);
      Optional<Head> head = heads.find(did);
      if (dump.isEmpty() || head.isEmpty()) {
        return; // deleted meanwhile
      }
      try {
        repository(did, head.get());
        List<Value> kept = blobs(did);
        folder.writeJson(
            folder.accountFile(did),
            Value.Obj.builder()
                .put("dump", dump.get().toValue())
                .put("rev", head.get().rev().toString())
                .put("commit", head.get().commit().toString())
                .put("blobs", new Value.Array(kept))
                .build());
        dids.add(did.text());
      } catch (StoreException e) {
        findings.add(did + ": " + e.getMessage());
      }
    }

    private void repository(Did did, Head head) throws IOException {
      Optional<Value.Obj> before = folder.find(folder.accountFile(did));
      boolean same =
          before.flatMap(old -> old.text("commit")).equals(Optional.of(head.commit().toString()));
      if (!same || !Files.exists(folder.repo(did))) {
        folder.write(folder.repo(did), out -> export.write(did, head, null, out));
        repositories++;
      }
    }

    private List<Value> blobs(Did did) throws IOException {
      List<Value> kept = new ArrayList<>();
      List<String> names = new ArrayList<>();
      @Nullable Cid after = null;
      List<StoredBlob> page;
      do {
        page = Backup.this.blobs.stored(did, after, PAGE);
        for (StoredBlob blob : page) {
          after = blob.cid();
          if (blob(did, blob)) {
            kept.add(toValue(blob));
            names.add(blob.cid().toString());
          }
        }
      } while (page.size() == PAGE);
      BackupFolder.retain(folder.blobs(did), names);
      return kept;
    }

    private boolean blob(Did did, StoredBlob blob) throws IOException {
      Path file = folder.blob(did, blob.cid());
      if (Files.exists(file) && Files.size(file) == blob.size()) {
        return true;
      }
      Optional<Objects.Opened> opened = Backup.this.blobs.open(blob);
      if (opened.isEmpty()) {
        if (Backup.this.blobs.find(did, blob.cid()).filter(blob::equals).isPresent()) {
          findings.add(did + ": the bytes of blob " + blob.cid() + " are missing");
        }
        return false;
      }
      try (Objects.Opened content = opened.get()) {
        folder.write(file, out -> content.content().transferTo(out));
      }
      blobs++;
      return true;
    }

    private static Value toValue(StoredBlob blob) {
      return Value.Obj.builder()
          .put("cid", blob.cid().toString())
          .put("type", blob.type())
          .put("hidden", Value.of(blob.takedown().isPresent()))
          .build();
    }
  }
}

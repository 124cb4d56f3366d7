package dev.virga.pds.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Entry;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Finding.Code;
import dev.virga.pds.verify.Finding.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a fresh process and its maintenance make of a world in which processes died. */
final class Recovery {
  /** What dead and beaten writers leave behind until maintenance removes it, or for good. */
  private static final Set<Code> REMAINS =
      EnumSet.of(
          Code.PACK_ORPHANED,
          Code.PLAN_ORPHANED,
          Code.NODE_ORPHANED,
          Code.PLACE_ORPHANED,
          Code.BLOB_ORPHANED,
          Code.OBJECT_ORPHANED,
          Code.ITEM_ORPHANED);

  /** What beaten writers leave in living repositories, a kilobyte at most for each. */
  private static final Set<Code> KEPT = EnumSet.of(Code.NODE_ORPHANED, Code.PLACE_ORPHANED);

  private final World world;
  final Server server;

  Recovery(World world) {
    this.world = world;
    this.server = new Server(world, 1_000);
  }

  /** Finishes or takes back whatever was begun. */
  void recover() throws Exception {
    drain();
    world.pass(Duration.ofMinutes(10));
    server.intents.recover();
    server.deletion.recover();
    for (Did did : accounts()) {
      assertThat(server.heads.find(did)).as("head of " + did).isPresent();
    }
    drain();
  }

  void drain() throws Exception {
    world.index.pump(
        batch -> {
          server.sequencer.accept(batch);
          server.cleanup.accept(batch);
        });
  }

  List<Did> accounts() {
    return world.index.entries().stream()
        .filter(entry -> entry.key().partition().equals(AccountKeys.LISTING))
        .map(entry -> Did.parse(entry.item().requireText("did")))
        .toList();
  }

  /** An account as everybody sees it, but for revisions. */
  record View(String handle, String status, String repoState, Map<String, Cid> records) {}

  /** All accounts by their addresses, which never change here. */
  Map<String, View> views() {
    Map<String, View> views = new TreeMap<>();
    for (Did did : accounts()) {
      Account account = server.accounts.find(did).orElseThrow();
      Head head = server.heads.find(did).orElseThrow();
      views.put(
          account.email().text(),
          new View(
              account.handle().text(),
              account.status().toString(),
              head.state().text(),
              records(did)));
    }
    return views;
  }

  Map<String, Cid> records(Did did) {
    Map<String, Cid> records = new TreeMap<>();
    for (Entry entry : world.index.entries()) {
      if (entry.key().partition().equals(did.text()) && entry.key().sort().startsWith("rec#")) {
        records.put(
            RepoKeys.recordPath(entry.key()), Cid.fromBytes(entry.item().requireBytes("cid")));
      }
    }
    return records;
  }

  /** Everything that must not be, once all was recovered. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (Finding finding : world.findings()) {
      boolean remains = finding.severity() == Severity.LEFTOVER && REMAINS.contains(finding.code());
      if (!remains && finding.code() != Code.BLOB_AWAITED) {
        complaints.add(finding.toString());
      }
    }
    Replay replay = new Replay(world, server);
    complaints.addAll(replay.complaints);
    for (Did did : accounts()) {
      Replay.Known known = replay.accounts.getOrDefault(did, new Replay.Known());
      Head head = server.heads.find(did).orElseThrow();
      Account account = server.accounts.find(did).orElseThrow();
      if (known.active != account.status().isActive()) {
        complaints.add(did + " is not as active as the last event says");
      }
      if (!account.handle().equals(known.handle)) {
        complaints.add(did + " is " + account.handle() + ", was announced as " + known.handle);
      }
      if (head.state().isActive() && !head.rev().equals(known.rev)) {
        complaints.add(did + " is at " + head.rev() + ", events lead to " + known.rev);
      }
      if (head.state().isActive() && !records(did).equals(known.records)) {
        complaints.add(did + " has other records than its events make");
      }
    }
    return complaints;
  }

  /** What is wrong or left when all that may be forgotten was. */
  List<String> leftovers() {
    List<String> complaints = new ArrayList<>();
    for (Finding finding : world.findings()) {
      boolean remains = finding.severity() == Severity.LEFTOVER && KEPT.contains(finding.code());
      if (!remains && finding.code() != Code.BLOB_AWAITED) {
        complaints.add(finding.toString());
      }
    }
    return complaints;
  }
}

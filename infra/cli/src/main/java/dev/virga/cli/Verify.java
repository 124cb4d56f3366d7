package dev.virga.cli;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.Keeping;
import dev.virga.pds.config.ConfigException;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.verify.Census;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Report;
import dev.virga.pds.verify.Tally;
import dev.virga.pds.verify.Verifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code virga verify}: proves that what is stored is whole, or names what is not. */
@Command(
    name = "verify",
    description = "Proves that what is stored is whole and agrees, or names what does not.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Only reads, and may do so while the server runs: accounts that change meanwhile are looked",
      "at again. What is not finished, or waits to be removed, is told but is no finding.",
      "Exit code: 0 whole, 1 findings, 2 could not check."
    })
final class Verify implements Callable<Integer> {
  private static final int WHOLE = 0;
  private static final int FINDINGS = 1;
  private static final int NOT_CHECKED = 2;

  /** Before the DID in the partition of its log, where a laptop's own directory has one. */
  private static final String DIRECTORY = "plc#";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Target target = new Target();

  @Option(names = "--did", description = "One account only.")
  private @Nullable String did;

  @Option(
      names = "--json",
      description = "A line of JSON for each finding, and one with the sum at the end.")
  private boolean json;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description = "How long what nobody refers to may be under way, e.g. PT0S. [PT72H]")
  private Duration grace = Keeping.GRACE;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (OpenStores stores = target.open(false)) {
      Told told = new Told(out, new Progress(err), stores);
      Tally sum = check(stores, told);
      told.end(sum);
      return told.findings == 0 ? WHOLE : FINDINGS;
    } catch (IOException | StoreException | ConfigException e) {
      err.println("virga: could not check: " + e.getMessage());
      return NOT_CHECKED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private Tally check(OpenStores stores, Told told) {
    Keeping keeping = new Keeping(stores.services());
    Verifier verifier = keeping.verifier(grace);
    if (did != null) {
      Did account = Did.parse(did);
      told.directory(account);
      keeping.snapshots().account(account, told);
      return verifier.account(account, told);
    }
    Census census = new Census(stores.index(), told);
    stores.checkFiles(
        problem -> told.problem("FILE_DAMAGED", problem),
        item -> {
          guarded("the items", told, () -> census.count(item));
          told.item(item.key());
        });
    guarded("the snapshots", told, () -> keeping.snapshots().all(told));
    return verifier.all(told);
  }

  /** What cannot be read must not keep the rest from being looked at. */
  private static void guarded(String what, Told told, Runnable check) {
    try {
      check.run();
    } catch (StoreException | IllegalArgumentException | IllegalStateException e) {
      told.problem("UNREADABLE", what + ": " + e.getMessage());
    }
  }

  /** Tells what is found as it comes. */
  private final class Told implements Report {
    private final PrintWriter out;
    private final Progress progress;
    private final OpenStores stores;
    private long findings;
    private long underWay;
    private String lastDirectory = "";

    Told(PrintWriter out, Progress progress, OpenStores stores) {
      this.out = out;
      this.progress = progress;
      this.stores = stores;
    }

    @Override
    public void found(Finding finding) {
      if (finding.severity() == Finding.Severity.UNDER_WAY) {
        underWay++;
      } else {
        findings++;
      }
      if (json) {
        Value.Builder line =
            Value.Obj.builder()
                .put("code", finding.code().name())
                .put("severity", finding.severity().name());
        finding.did().ifPresent(owner -> line.put("did", owner.text()));
        line.put("what", finding.what()).put("detail", finding.detail());
        out.println(DataJson.toText(line.build()));
      } else {
        out.println(finding);
      }
    }

    /** Something about a file or an object that is no account's repository. */
    void problem(String code, String what) {
      findings++;
      if (json) {
        out.println(
            DataJson.toText(
                Value.Obj.builder()
                    .put("code", code)
                    .put("severity", Finding.Severity.DAMAGE.name())
                    .put("what", what)
                    .build()));
      } else {
        out.println("DAMAGE " + code + " " + what);
      }
    }

    @Override
    public void progress(Did account, Tally sum) {
      progress.accept(account.text());
    }

    /** Looks at a DID when its first item comes, also one whose account is gone. */
    void item(Key key) {
      String partition = key.partition();
      if (partition.startsWith(DIRECTORY) && !partition.equals(lastDirectory)) {
        lastDirectory = partition;
        directory(Did.parse(partition.substring(DIRECTORY.length())));
      }
    }

    /** Looks at the DID of an account, where its directory is ours. */
    void directory(Did account) {
      guarded(
          DIRECTORY + account,
          this,
          () ->
              stores
                  .checkDirectory(account)
                  .ifPresent(
                      wrong -> problem("DIRECTORY_WRONG", DIRECTORY + account + ": " + wrong)));
    }

    void end(Tally sum) {
      if (json) {
        out.println(
            DataJson.toText(
                Value.Obj.builder()
                    .put("whole", findings == 0)
                    .put("findings", findings)
                    .put("underWay", underWay)
                    .put("accounts", sum.accounts())
                    .put("records", sum.records())
                    .put("nodes", sum.nodes())
                    .put("packs", sum.packs())
                    .put("blobs", sum.blobs())
                    .put("events", sum.events())
                    .put("bytes", sum.bytes())
                    .build()));
      } else {
        out.printf(
            "%s: %d accounts, %d records, %d tree nodes, %d packs, %d blobs, %d events, %d bytes;"
                + " %d findings, %d under way%n",
            findings == 0 ? "whole" : "NOT WHOLE",
            sum.accounts(),
            sum.records(),
            sum.nodes(),
            sum.packs(),
            sum.blobs(),
            sum.events(),
            sum.bytes(),
            findings,
            underWay);
      }
    }
  }
}

package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Dying;
import dev.virga.pds.store.Objects;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plan of a commit whose writer died after it was decided on. */
class RedoTest {
  private static final int RECORDS = 150;

  private final RepoFixture repo = new RepoFixture();
  private Tid pending = new Tid(1);

  @BeforeEach
  void dieWithACommitPending() {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      byte[] bytes = DagCbor.encode(Value.Obj.builder().put("n", i).build());
      intents.add(
          new RecordIntent.Create(
              path("n" + i),
              new RecordIntent.Prepared(bytes, Cid.ofDagCbor(bytes), List.of(), null),
              true));
    }
    Optional<Tid> decided = Optional.empty();
    for (int calls = 1; decided.isEmpty(); calls++) {
      Dying process = new Dying(calls);
      try {
        repo.writerOn(process.on(repo.memory), process.on(repo.objects)).write(DID, intents, null);
        throw new AssertionError("it did not die in time");
      } catch (Dying.Death e) {
        decided = decided();
      }
    }
    pending = decided.orElseThrow();
  }

  /** The head as it is, finished by nobody. */
  private Optional<Tid> decided() {
    Head head = Head.from(repo.memory.get(RepoKeys.head(DID)).orElseThrow());
    return Optional.ofNullable(head.pending());
  }

  private List<String> plan() {
    return repo.objects.list(RepoKeys.redo(DID, pending), null).objects().stream()
        .map(Objects.Listed::name)
        .toList();
  }

  private List<Finding> verify() {
    List<Finding> findings = new ArrayList<>();
    new Verifier(
            repo.memory,
            repo.objects,
            did -> Optional.of(repo.key.publicKey()),
            repo.log,
            repo.clock,
            Duration.ofDays(3))
        .repository(DID, findings::add);
    return findings;
  }

  @Test
  void aWholePlanIsUnderWay() {
    assertThat(plan()).hasSizeGreaterThan(1);
    assertThat(new Redo(repo.memory, repo.objects).problems(DID, pending)).isEmpty();
    assertThat(verify())
        .extracting(Finding::severity)
        .isNotEmpty()
        .containsOnly(Finding.Severity.UNDER_WAY);
  }

  @Test
  void whatIsMissingOfAPlanIsNamed() {
    for (String name : plan()) {
      byte[] bytes = repo.objects.get(name).orElseThrow();
      repo.objects.delete(name);
      assertThat(verify())
          .filteredOn(finding -> finding.severity() == Finding.Severity.DAMAGE)
          .extracting(finding -> finding.code() + " " + finding.what())
          .containsExactly("PLAN_MISSING " + name);
      assertThat(repo.objects.putIfAbsent(name, bytes, Objects.Metadata.NONE)).isTrue();
    }
  }

  @Test
  void whatIsDamagedOfAPlanIsNamed() {
    for (String name : plan()) {
      byte[] bytes = repo.objects.get(name).orElseThrow();
      byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length - 3);
      repo.objects.delete(name);
      assertThat(repo.objects.putIfAbsent(name, cut, Objects.Metadata.NONE)).isTrue();
      assertThat(verify())
          .filteredOn(finding -> finding.severity() == Finding.Severity.DAMAGE)
          .extracting(finding -> finding.code() + " " + finding.what())
          .containsExactly("PLAN_DAMAGED " + name);
      repo.objects.delete(name);
      assertThat(repo.objects.putIfAbsent(name, bytes, Objects.Metadata.NONE)).isTrue();
    }
  }
}

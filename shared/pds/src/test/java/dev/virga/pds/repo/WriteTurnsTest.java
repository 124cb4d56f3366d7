package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WriteTurnsTest {
  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);
  private static final WriteOutcome DONE = new WriteOutcome.Unchanged();

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final List<List<WriteTurns.Request>> turns = new ArrayList<>();
  private WriteTurns.Service service =
      (did, requests) -> requests.forEach(request -> request.end(DONE));

  /** The first turn lasts until the others have come. */
  private void serve(Did did, List<WriteTurns.Request> requests) {
    synchronized (turns) {
      turns.add(requests);
    }
    begun.countDown();
    try {
      mayEnd.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    service.serve(did, requests);
  }

  private static WriteTurns.Request request(Did did, @Nullable Cid swap, int intents) {
    return new WriteTurns.Request(
        did, IntStream.range(0, intents).mapToObj(i -> creation("k" + i)).toList(), swap);
  }

  private static WriteTurns.Request request(int intents) {
    return request(DID, null, intents);
  }

  /** Lets one take its turn, and the others come meanwhile, in their order. */
  private List<CompletableFuture<WriteOutcome>> run(
      boolean together, WriteTurns.Request first, List<WriteTurns.Request> others)
      throws Exception {
    WriteTurns line = new WriteTurns(this::serve, together);
    List<CompletableFuture<WriteOutcome>> outcomes = new ArrayList<>();
    outcomes.add(CompletableFuture.supplyAsync(() -> line.take(first), THREADS));
    begun.await();
    for (int i = 0; i < others.size(); i++) {
      WriteTurns.Request other = others.get(i);
      outcomes.add(CompletableFuture.supplyAsync(() -> line.take(other), THREADS));
      while (line.waiting(other) < i + 1) {
        Thread.onSpinWait();
      }
    }
    mayEnd.countDown();
    CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
        .exceptionally(e -> null)
        .join();
    return outcomes;
  }

  private List<WriteTurns.Request> several(IntFunction<WriteTurns.Request> each, int number) {
    return IntStream.range(0, number).mapToObj(each).toList();
  }

  @Test
  void thoseThatWaitAreServedInOneTurn() throws Exception {
    List<WriteTurns.Request> others = several(i -> request(1), 5);
    assertThat(run(true, request(1), others)).allMatch(outcome -> outcome.join() == DONE);
    assertThat(turns).hasSize(2);
    assertThat(turns.getLast()).isEqualTo(others);
  }

  @Test
  void eachHasATurnOfItsOwnWhereTheyCannotBeServedTogether() throws Exception {
    List<WriteTurns.Request> others = several(i -> request(1), 5);
    run(false, request(1), others);
    assertThat(turns.subList(1, 6)).isEqualTo(others.stream().map(List::of).toList());
  }

  @Test
  void whoExpectsACommitIsServedAloneAndSoIsAnEmptyWrite() throws Exception {
    WriteTurns.Request picky = request(DID, Cid.ofRaw(new byte[1]), 1);
    WriteTurns.Request empty = request(0);
    List<WriteTurns.Request> easy = several(i -> request(1), 2);
    run(true, request(1), List.of(easy.get(0), picky, empty, easy.get(1)));
    assertThat(turns.subList(1, 4)).containsExactly(easy, List.of(picky), List.of(empty));
  }

  @Test
  void aTurnHasBounds() throws Exception {
    List<WriteTurns.Request> many = several(i -> request(1), 40);
    run(true, request(1), many);
    assertThat(turns).extracting(List::size).containsExactly(1, 16, 16, 8);
  }

  @Test
  void aTurnHasAsManyIntentsAsOneWriteMayHave() throws Exception {
    List<WriteTurns.Request> large = several(i -> request(90), 5);
    run(true, request(1), large);
    assertThat(turns).extracting(List::size).containsExactly(1, 2, 2, 1);
  }

  @Test
  void repositoriesOfOneLineAreNotServedTogether() throws Exception {
    Did other =
        Stream.iterate(0, i -> i + 1)
            .map(i -> Did.parse("did:web:d" + i))
            .filter(did -> WriteTurns.line(did) == WriteTurns.line(DID))
            .findFirst()
            .orElseThrow();
    WriteTurns.Request theirs = request(other, null, 1);
    List<WriteTurns.Request> ours = several(i -> request(1), 2);
    run(true, request(1), List.of(ours.get(0), theirs, ours.get(1)));
    assertThat(turns.subList(1, 3)).containsExactly(ours, List.of(theirs));
  }

  @Test
  void aFailureReachesThoseThatWereNotServedAndNobodyElse() throws Exception {
    AtomicInteger served = new AtomicInteger();
    service =
        (did, requests) -> {
          requests.getFirst().end(DONE);
          if (served.getAndIncrement() == 1) {
            throw new Faults.Death("on purpose");
          }
          requests.forEach(request -> request.end(DONE));
        };
    List<CompletableFuture<WriteOutcome>> outcomes =
        run(true, request(1), several(i -> request(1), 20));
    assertThat(outcomes.get(1).join()).isEqualTo(DONE);
    for (int i = 2; i < 17; i++) {
      assertThatThrownBy(outcomes.get(i)::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(Faults.Death.class);
    }
    assertThat(outcomes.subList(17, 21)).allMatch(outcome -> outcome.join() == DONE);
  }

  @Test
  void whoeverComesLaterHasATurnAgain() throws Exception {
    WriteTurns line = new WriteTurns(this::serve, true);
    mayEnd.countDown();
    for (int i = 0; i < 3; i++) {
      assertThat(line.take(request(1))).isEqualTo(DONE);
    }
    assertThat(turns).hasSize(3);
  }

  @Test
  void aRequestThatWasForgottenIsAnError() {
    service = (did, requests) -> {};
    mayEnd.countDown();
    WriteTurns line = new WriteTurns(this::serve, true);
    assertThatThrownBy(() -> line.take(request(1))).isInstanceOf(IllegalStateException.class);
  }
}

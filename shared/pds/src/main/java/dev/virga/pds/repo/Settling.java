package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives the young tree nodes of old commits items of their own, so that no head needs the packs of
 * these commits any more: part of {@link Tidying}.
 */
final class Settling {
  /** Rounds of lost races before giving up; a round is lost only when a commit won. */
  private static final int MAX_ROUNDS = 20;

  private final Index index;
  private final Heads heads;
  private final RepoReader reader;
  private final TidClock tids;

  Settling(Index index, Heads heads, RepoReader reader, TidClock tids) {
    this.index = index;
    this.heads = heads;
    this.reader = reader;
    this.tids = tids;
  }

  /** Settles the nodes that were written up to a revision; if writers keep winning, later. */
  void settle(Did did, Tid upTo) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Head> head = heads.find(did);
      if (head.isEmpty() || isSettled(head.get(), upTo)) {
        return;
      }
      try {
        index.transact(writes(did, head.get(), upTo));
        heads.forget(did);
        return;
      } catch (ConditionFailedException e) {
        // A commit won: look again.
      }
    }
  }

  private static boolean isSettled(Head head, Tid upTo) {
    return head.young().broods().stream().allMatch(brood -> brood.rev().compareTo(upTo) > 0);
  }

  private List<Write> writes(Did did, Head head, Tid upTo) {
    NodeStore nodes = reader.nodes(did, head);
    List<Write> writes = new ArrayList<>();
    for (YoungNodes.Brood brood : head.young().broods()) {
      if (brood.rev().compareTo(upTo) <= 0) {
        for (Cid cid : brood.nodes()) {
          // Young nodes are small, so that their bytes are in the item.
          Item item =
              Item.builder()
                  .number("rev", brood.rev().value())
                  .bytes("block", nodes.load(cid))
                  .build();
          writes.add(Write.put(RepoKeys.node(did, cid), item));
        }
      }
    }
    Head settled =
        head.withYoung(head.young().after(upTo), tids.nextAfter(head.changed()) + "+settled");
    writes.add(
        Write.put(RepoKeys.head(did), settled.toItem(), Condition.equal("etag", head.etag())));
    return writes;
  }
}

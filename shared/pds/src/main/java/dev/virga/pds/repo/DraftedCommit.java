package dev.virga.pds.repo;

import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A signed commit with all that storing it means: what {@link RepoWriter} hands to its {@link
 * CommitStore}.
 *
 * @param made the head that it makes
 * @param writes what goes into its transaction, but for the rest
 * @param touches marks of the blobs that it uses, which may go before it
 * @param beforehand what may be stored before it, and is harmless should it never come
 * @param outbox what it has to tell
 */
record DraftedCommit(
    CommitDraft draft,
    Head made,
    List<Write> writes,
    List<Write> touches,
    List<Write> beforehand,
    Write outbox) {

  /**
   * Lists what a commit comes down to.
   *
   * @param before the head that it follows
   * @param nodes of the tree before
   */
  static DraftedCommit of(
      Did did, Head before, CommitDraft draft, RecordItems items, BlockSource nodes) {
    List<Write> writes = new ArrayList<>(items.writes());
    // Two records may have been the same, and what they leave behind is then, too.
    Map<Key, Write> beforehand = new LinkedHashMap<>();
    for (Write.Put node : draft.nodes(did, nodes)) {
      if (CommitDraft.isLarge(node)) {
        writes.add(node);
      } else {
        beforehand.put(node.key(), node);
      }
    }
    items.beforehand().forEach(write -> beforehand.put(write.key(), write));
    Outbox.Content content =
        new Outbox.Content(
            List.of(draft.event(did)), draft.pack().name(), draft.forgotten(), items.released());
    return new DraftedCommit(
        draft,
        draft.head(before.state()),
        writes,
        items.touches(),
        List.copyOf(beforehand.values()),
        Outbox.put(did, draft.commit().rev(), content));
  }

  /** All that its transaction holds but for the head. */
  List<Write> decided() {
    List<Write> all = new ArrayList<>(writes);
    all.addAll(touches);
    all.add(outbox);
    return all;
  }

  WriteOutcome outcome() {
    return new WriteOutcome.Committed(made.commit(), made.rev());
  }
}

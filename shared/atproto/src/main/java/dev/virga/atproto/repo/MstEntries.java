package dev.virga.atproto.repo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Iterates over the entries of a tree in key order; nodes loaded on the way are not kept. */
final class MstEntries implements Iterator<MstEntry> {
  /** A node and the index of its next key; the subtree before that key is done. */
  private static final class Frame {
    final MstNode node;
    int index;

    Frame(MstNode node, int index) {
      this.node = node;
      this.index = index;
    }
  }

  private final BlockSource source;
  private final Deque<Frame> frames = new ArrayDeque<>();

  MstEntries(MstNode root, BlockSource source, String from) {
    this.source = source;
    MstNode node = root;
    while (node != null) {
      int found = node.find(from);
      frames.push(new Frame(node, found >= 0 ? found : -found - 1));
      node = found >= 0 ? null : node.peek(-found - 1, source);
    }
    dropFinished();
  }

  private void dropFinished() {
    while (!frames.isEmpty() && frames.getFirst().index == frames.getFirst().node.size()) {
      frames.pop();
    }
  }

  @Override
  public boolean hasNext() {
    return !frames.isEmpty();
  }

  @Override
  public MstEntry next() {
    if (frames.isEmpty()) {
      throw new NoSuchElementException();
    }
    Frame top = frames.getFirst();
    MstEntry entry = new MstEntry(top.node.key(top.index), top.node.value(top.index));
    top.index++;
    MstNode node = top.node.peek(top.index, source);
    while (node != null) {
      frames.push(new Frame(node, 0));
      node = node.peek(0, source);
    }
    dropFinished();
    return entry;
  }
}

package dev.virga.pds.limit;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.StoreException;

/** An index that can be out of reach, or answer that it is after it did what it was asked to. */
final class FlakyIndex extends ForwardingIndex {
  boolean down;
  boolean unheard;
  int refused;

  FlakyIndex(Index index) {
    super(index);
  }

  @Override
  protected <T> T around(String method, boolean write, String what, Body<T> body)
      throws ConditionFailedException {
    if (down) {
      refused++;
      throw new StoreException("down");
    }
    T answer = body.run();
    if (unheard && method.equals("transact")) {
      throw new StoreException("no answer");
    }
    return answer;
  }
}

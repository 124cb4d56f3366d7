package dev.virga.pds.store;

class MemoryObjectsTest extends ObjectsContract {
  @Override
  protected Objects open() {
    return new MemoryObjects();
  }
}

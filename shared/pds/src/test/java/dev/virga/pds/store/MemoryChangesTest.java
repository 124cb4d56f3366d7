package dev.virga.pds.store;

class MemoryChangesTest extends ChangesContract {
  private AutoCloseable delivery = () -> {};

  @Override
  protected Index open(Changes.Listener listener) {
    MemoryIndex index = new MemoryIndex();
    delivery = index.deliver(listener);
    return index;
  }

  @Override
  protected void close() throws Exception {
    delivery.close();
  }
}

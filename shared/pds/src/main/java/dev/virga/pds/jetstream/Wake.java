package dev.virga.pds.jetstream;

/** Has {@link WebSocketApi#goOn} called soon, elsewhere, once or more: a port of it. */
@FunctionalInterface
public interface Wake {
  /**
   * Returns as soon as the call is certain to come.
   *
   * @throws dev.virga.pds.store.StoreException if it is not
   */
  void wake();
}

package dev.virga.host.store;

/** What a write of the embedded stores survives once it was acknowledged. */
public enum Durability {
  /** The end of the process, however sudden; a power cut may take the last moments. */
  PROCESS,
  /** A power cut, too: every acknowledgement waits for the disk. */
  POWER
}

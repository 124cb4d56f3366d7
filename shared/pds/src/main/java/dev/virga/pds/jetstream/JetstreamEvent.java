package dev.virga.pds.jetstream;

/**
 * One event as all subscribers get it; encoded once, shared, never written to.
 *
 * @param json one object in UTF-8
 */
@SuppressWarnings("ArrayRecordComponent")
record JetstreamEvent(Topic topic, byte[] json) {}

package dev.virga.pds.store;

/**
 * The address of an item: a partition and, inside it, a sort key.
 *
 * <p>Sort keys are compared as UTF-8 bytes. Neither part is empty; a partition is at most 2,048 and
 * a sort key at most 1,024 bytes (DynamoDB's limits, kept by every backend).
 */
public record Key(String partition, String sort) {}

package dev.virga.atproto.lexicon;

/** A record type as its document defines it. */
record RecordDefinition(KeyType keyType, ObjectSchema object) implements Definition {}

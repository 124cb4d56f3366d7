package dev.virga.atproto.lexicon;

/** What a {@link LexiconDocument} holds under one name. */
sealed interface Definition permits Schema, MethodDefinition, RecordDefinition, PermissionSet {}

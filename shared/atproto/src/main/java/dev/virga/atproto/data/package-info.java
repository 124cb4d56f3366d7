/**
 * The data model: CIDs, values, DAG-CBOR, JSON and CAR. Depends on nothing else here but syntax.
 */
@NullMarked
package dev.virga.atproto.data;

import org.jspecify.annotations.NullMarked;

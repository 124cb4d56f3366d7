/**
 * The data model: CIDs, values, DAG-CBOR, JSON and CAR. Depends on nothing else here.
 *
 * <p>A {@code Value} is the same whether it came as CBOR or as JSON; {@code DagCbor} is strict both
 * ways, so equal values have equal bytes and equal CIDs. {@code DataModel.check} is for records
 * about to be written. Byte arrays are shared, never written to. Traps: keys sort by length first,
 * which is not the order of strings; Jackson alone accepts and writes CBOR that is not canonical.
 */
@NullMarked
package dev.virga.atproto.data;

import org.jspecify.annotations.NullMarked;

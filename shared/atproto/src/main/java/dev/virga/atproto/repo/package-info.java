/**
 * Repositories: the Merkle search tree (MST) of records, signed commits, and the proofs that the
 * firehose and exports are made of. Source: atproto.com/specs/repository and
 * atproto.com/specs/sync.
 *
 * <p>Terms: a tree maps <em>keys</em> ({@code collection/rkey}) to record CIDs. A key's
 * <em>height</em> is half the number of leading zero bits of its SHA-256; it lives in a node of
 * that <em>layer</em>, and a node's subtrees are always exactly one layer below it. A node without
 * keys of its own is legal between two layers, never at the root.
 *
 * <p>Traps: trees are persistent, and a point operation remembers the nodes it loaded, so a tree
 * kept for long grows with what was touched; {@code Mst.load(tree.root(), source)} starts afresh. A
 * {@link dev.virga.atproto.repo.BlockSource} must return bytes that the CID addresses: nodes are
 * checked for everything except their hash. May not depend on identity, lexicon or sync.
 */
@NullMarked
package dev.virga.atproto.repo;

import org.jspecify.annotations.NullMarked;

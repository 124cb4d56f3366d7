// What a relay checks of the firehose: the shape of each frame, the chain of each repository, and that a commit's
// operations, undone on the blocks it carries, lead back to the tree before it (Sync 1.1).
import assert from 'node:assert/strict'
import { encode } from '@atproto/lex-cbor'
import { isCid } from '@atproto/lex-data'
import { MST, MemoryBlockstore, def, readCarWithRoot, verifyCommitSig } from '@atproto/repo'
import { identityResolver } from './world.mjs'

const TID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}Z$/
const FIELDS = {
  '#commit': 'blobs blocks commit ops prevData rebase repo rev seq since time tooBig',
  '#sync': 'blocks did rev seq time',
  '#identity': 'did handle seq time',
  '#account': 'active did seq time',
}
const names = (object) => Object.keys(object).sort().join(' ')

/** Checks one frame by itself. */
export function assertShape({ type, header, body, bytes }, { first = false } = {}) {
  assert.deepEqual(header, { op: 1, t: type })
  assert.deepEqual(Buffer.concat([encode(header), encode(body)]), Buffer.from(bytes), 'canonical encoding')
  const fields = type === '#commit' && first ? FIELDS[type].replace('prevData ', '') : FIELDS[type]
  const optional = type === '#account' && !body.active ? `${fields} status`.split(' ').sort().join(' ') : fields
  assert.equal(names(body), optional, `fields of ${type}`)
  assert.ok(Number.isSafeInteger(body.seq) && body.seq > 0)
  assert.match(body.time, TIME)
  if (type === '#commit') assertCommitShape(body)
  if (type === '#sync') assert.match(body.rev, TID)
  if (type === '#account') assert.equal(typeof body.active, 'boolean')
}

function assertCommitShape(body) {
  assert.match(body.rev, TID)
  assert.ok(isCid(body.commit))
  assert.ok(body.since === null || body.since < body.rev, 'since is older than rev')
  assert.deepEqual([body.rebase, body.tooBig, body.blobs], [false, false, []])
  assert.ok(body.ops.length <= 200 && body.blocks.length <= 2_000_000)
  for (const op of body.ops) {
    const fields = { create: 'action cid path', update: 'action cid path prev', delete: 'action cid path prev' }[op.action]
    assert.equal(names(op), fields, `fields of ${op.action}`)
    assert.equal(op.cid === null, op.action === 'delete')
    if (op.prev !== undefined) assert.ok(isCid(op.prev))
  }
}

/** Undoes a commit's operations on the blocks it carries and returns the root of the tree before it. */
export async function invert(body, commit, blocks) {
  let tree = MST.load(new MemoryBlockstore(blocks), commit.data)
  for (const op of [...body.ops].reverse()) {
    const present = await tree.get(op.path)
    assert.equal(String(present), String(op.cid), `${op.action} ${op.path} is in the new tree`)
    if (op.action === 'create') tree = await tree.delete(op.path)
    else if (op.action === 'update') tree = await tree.update(op.path, op.prev)
    else tree = await tree.add(op.path, op.prev)
  }
  return tree.getPointer()
}

/** Follows the stream frame by frame, as a relay does; throws at the first that does not fit what came before. */
export class Follower {
  heads = new Map() // DID → { rev, data } after its last frame
  records = new Map() // DID → Map of path → CID, for repositories followed from their first commit
  #seq = 0
  #identities
  #keys = new Map()

  constructor(server) {
    this.#identities = identityResolver(server)
  }

  async follow(frames) {
    for (const frame of frames) await this.next(frame)
    return this
  }

  async next(frame) {
    const { type, body } = frame
    try {
      assert.ok(body.seq > this.#seq, `seq ${body.seq} is above ${this.#seq}`)
      this.#seq = body.seq
      const known = this.heads.get(body.repo)
      assertShape(frame, { first: type === '#commit' && body.since === null })
      if (type === '#commit') await this.#commit(body, known)
      if (type === '#sync') await this.#sync(body)
    } catch (error) {
      error.message = `${type} ${body.seq} of ${body.repo ?? body.did}: ${error.message}`
      throw error
    }
  }

  async #commit(body, known) {
    const { root, blocks } = await readCarWithRoot(body.blocks)
    assert.equal(String(root), String(body.commit), 'the root of the blocks is the commit')
    const commit = await this.#open(blocks, body.commit, body.repo)
    assert.equal(commit.rev, body.rev)
    if (known) {
      assert.ok(body.rev > known.rev, 'rev rises')
      assert.equal(body.since, known.rev, 'since is the rev before')
      assert.equal(String(body.prevData), String(known.data), 'prevData is the tree before')
    }
    if (body.prevData) assert.equal(String(await invert(body, commit, blocks)), String(body.prevData), 'inverts to prevData')
    for (const op of body.ops) if (op.cid) assert.ok(blocks.has(op.cid), `carries the record ${op.path}`)
    this.heads.set(body.repo, { rev: body.rev, data: commit.data, commit: String(body.commit) })
    this.#remember(body)
  }

  async #sync(body) {
    const { root, blocks } = await readCarWithRoot(body.blocks)
    assert.equal(blocks.size, 1, 'only the commit block')
    const commit = await this.#open(blocks, root, body.did)
    assert.equal(commit.rev, body.rev)
    if (String(this.heads.get(body.did)?.data) !== String(commit.data)) this.records.delete(body.did) // others, which it does not tell
    this.heads.set(body.did, { rev: body.rev, data: commit.data, commit: String(root) })
  }

  async #open(blocks, cid, did) {
    const commit = await new MemoryBlockstore(blocks).readObj(cid, def.commit)
    assert.equal(commit.did, did)
    assert.equal(commit.version, 3)
    if (!this.#keys.has(did)) this.#keys.set(did, await this.#identities.did.resolveAtprotoKey(did))
    assert.ok(await verifyCommitSig(commit, this.#keys.get(did)), 'signed by the key in the DID document')
    return commit
  }

  #remember(body) {
    if (body.since === null) this.records.set(body.repo, new Map())
    const records = this.records.get(body.repo)
    for (const op of records ? body.ops : []) {
      const before = records.get(op.path)
      assert.equal(before, op.prev && String(op.prev), `prev of ${op.action} ${op.path}`)
      if (op.cid) records.set(op.path, String(op.cid))
      else records.delete(op.path)
    }
  }
}

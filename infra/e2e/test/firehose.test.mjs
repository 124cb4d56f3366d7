import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { readCarWithRoot } from '@atproto/repo'
import { Subscriber, Verifier, acceptedEvents, expectedEvents } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { MixedWriter } from '../lib/mixed.mjs'
import { Random } from '../lib/random.mjs'
import { newAccount } from '../lib/world.mjs'

suite('the firehose', () => {
  const random = new Random()
  let account, writer, live, replay, verifier, first, last
  const mine = ({ type, body }) => type !== 'error' && (body.repo ?? body.did) === account.did
  const open = []
  const subscribe = async (options) => {
    const subscriber = await Subscriber.open(options)
    open.push(subscriber)
    return subscriber
  }

  before(async () => {
    console.log(`seed ${random.seed}`)
    live = await subscribe()
    verifier = new Verifier()
    open.push(verifier)
    account = await newAccount()
    writer = new MixedWriter(account, random)
    await writer.singles(120)
    await writer.batch(200)
    await writer.singles(30)
    await writer.batch(200)
    await account.agent.com.atproto.repo.applyWrites({ repo: account.did, writes: [] })
    await writer.singles(1)
    first = (await live.until('the new account', mine)).body.seq
    last = (await live.untilCommit(writer.commits.at(-1).cid)).body.seq
    replay = await subscribe({ cursor: 0 })
    await replay.untilCommit(writer.commits.at(-1).cid)
  })
  after(() => Promise.all(open.map((each) => each.close())))

  test('opens an account with #identity, #account, an empty #commit and #sync', () => {
    const [identity, state, commit, sync] = live.frames.filter(mine)
    assert.deepEqual([identity.type, state.type, commit.type, sync.type], ['#identity', '#account', '#commit', '#sync'])
    assert.equal(identity.body.handle, account.handle)
    assert.equal(state.body.active, true)
    assert.deepEqual([commit.body.ops, commit.body.since], [[], null])
    assert.equal(sync.body.rev, commit.body.rev)
  })

  test('carries a commit for each acknowledged write, in order', () => {
    const seen = live.frames.filter((frame) => mine(frame) && frame.type === '#commit').map(({ body }) => String(body.commit))
    const written = new Set(writer.commits.map(({ cid }) => cid))
    assert.deepEqual(seen.filter((cid) => written.has(cid)), [...written])
    assert.equal(seen.length, written.size + 2, 'besides the first and the empty one')
  })

  test('keeps shape, chain and signature, and each commit inverts to prevData, live', async () => {
    const follower = await new Follower().follow(live.frames)
    assert.deepEqual(new Map([...follower.records.get(account.did)].sort()), new Map([...writer.cids()].sort()))
    assert.equal(follower.heads.get(account.did).commit, writer.commits.at(-1).cid)
  })

  test('keeps them replayed from cursor 0', async () => {
    const follower = await new Follower().follow(replay.frames)
    assert.deepEqual(new Map([...follower.records.get(account.did)].sort()), new Map([...writer.cids()].sort()))
  })

  test('replays the same bytes as it sent live', () => {
    const bytes = (subscriber) => subscriber.frames.filter(({ body }) => body.seq >= first && body.seq <= last).map((frame) => frame.bytes.toString('base64'))
    assert.deepEqual(bytes(replay), bytes(live))
  })

  test('is accepted in whole by the verifying consumer, live', async () => {
    await verifier.untilSeq(last)
    assert.deepEqual(acceptedEvents(verifier.events, first, last), expectedEvents(live.frames, first, last))
    assert.deepEqual(verifier.errors, [])
  })

  test('is accepted in whole by the verifying consumer from cursor 0', async () => {
    const again = new Verifier({ cursor: 0 })
    open.push(again)
    await again.untilSeq(last)
    assert.deepEqual(acceptedEvents(again.events, 0, last), expectedEvents(replay.frames, 0, last))
    assert.deepEqual(again.errors, [])
  })

  test('resumes after any cursor without loss or repetition', async () => {
    const cursors = replay.frames.map(({ body }) => body.seq).filter((seq) => seq < last)
    for (const cursor of [cursors[0], random.pick(cursors), cursors.at(-1)]) {
      const resumed = await subscribe({ cursor })
      await resumed.untilCommit(writer.commits.at(-1).cid)
      const seqs = (subscriber, from) => subscriber.frames.map(({ body }) => body.seq).filter((seq) => seq > from && seq <= last)
      assert.deepEqual(seqs(resumed, 0), seqs(replay, cursor), `after ${cursor}`)
    }
  })

  test('joins replay and live events without a gap', async () => {
    const joined = await subscribe({ cursor: first })
    await writer.singles(25)
    const end = (await joined.untilCommit(writer.commits.at(-1).cid)).body.seq
    const watcher = await subscribe({ cursor: first })
    await watcher.untilCommit(writer.commits.at(-1).cid)
    const seqs = (subscriber) => subscriber.frames.map(({ body }) => body.seq).filter((seq) => seq <= end)
    assert.deepEqual(seqs(joined), seqs(watcher))
  })

  test('carries no block that the commit does not need', async () => {
    for (const { body } of live.frames.filter((frame) => mine(frame) && frame.type === '#commit')) {
      const { blocks } = await readCarWithRoot(body.blocks)
      const records = new Set(body.ops.filter((op) => op.cid).map((op) => String(op.cid))).size
      // The commit, the records, and per touched key its path and the paths of its two neighbours, in a tree of few layers.
      assert.ok(blocks.size <= 1 + records + 1 + body.ops.length * 3 * 8, `${blocks.size} blocks for ${body.ops.length} operations`)
    }
  })
})

suite('a subscription', () => {
  const refused = async (cursor, error) => {
    const subscriber = await Subscriber.open({ cursor })
    const { code, reason } = await subscriber.untilClosed()
    assert.equal(subscriber.frames.length, 1)
    const [{ header, body }] = subscriber.frames
    assert.deepEqual(header, { op: -1 })
    assert.equal(body.error, error)
    assert.deepEqual(Object.keys(body).filter((name) => name !== 'error' && name !== 'message'), [])
    assert.deepEqual([code, reason], [1008, error])
  }

  test('from the future is refused with FutureCursor', () => refused(Number.MAX_SAFE_INTEGER, 'FutureCursor'))

  test('from nowhere is refused with InvalidRequest', async () => {
    await refused('nonsense', 'InvalidRequest')
    await refused('1.5', 'InvalidRequest')
  })
})

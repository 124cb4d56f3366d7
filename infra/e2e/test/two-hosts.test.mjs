// A host that writes and one in firehose mode, both on the same DynamoDB and S3: together they are one PDS.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { verifyRepoCar } from '@atproto/repo'
import { noCloud } from '../lib/cloud.mjs'
import { exportRepo } from '../lib/exports.mjs'
import { Subscriber, Verifier, acceptedEvents, expectedEvents } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { Host, noOwnHost } from '../lib/host.mjs'
import { exchange, post } from '../lib/http.mjs'
import { Listener } from '../lib/jetstream.mjs'
import { MixedWriter } from '../lib/mixed.mjs'
import { poll } from '../lib/poll.mjs'
import { Random } from '../lib/random.mjs'
import { NOTE, noteRecord } from '../lib/records.mjs'
import { newAccount, signingKeyOf } from '../lib/world.mjs'

const WRITERS = 3
const ACKNOWLEDGED_BEFORE_A_KILL = 40

suite('a writer and a firehose host on the same stores', { skip: noOwnHost || noCloud }, () => {
  const random = new Random()
  let firehose, writer, account, subscriber, listener
  const frames = [] // all that a subscriber of the firehose host saw who always came back with its cursor
  const commits = [] // all that was acknowledged

  before(async () => {
    console.log(`seed ${random.seed}`)
    firehose = await Host.start({ VIRGA_MODE: 'firehose' })
    writer = await Host.start({ VIRGA_FIREHOSE_URL: firehose.url }, firehose)
    subscriber = await Subscriber.open({ server: firehose.url, cursor: 0 })
    listener = await Listener.open({ server: firehose.url, wantedCollections: [NOTE] })
    account = await newAccount(writer.url)
  })
  after(async () => {
    subscriber?.close()
    listener?.close()
    await Promise.all([writer?.destroy(), firehose?.destroy()])
  })

  const write = async (rkey, value, host = writer) => {
    const answer = await post('com.atproto.repo.createRecord', { repo: account.did, collection: NOTE, rkey, record: noteRecord(value) }, account.token, { server: host.url })
    assert.equal(answer.status, 200, answer.text)
    commits.push(answer.json.commit)
    return answer.json
  }
  const comeBack = async () => {
    await subscriber.untilClosed()
    frames.push(...subscriber.frames)
    subscriber = await Subscriber.open({ server: firehose.url, cursor: frames.at(-1)?.body.seq ?? 0 })
  }
  /** Everything acknowledged was shown once, in an order that a relay accepts, and is what the repository holds. */
  const checkEverything = async () => {
    await write(`after-${commits.length}`, 0)
    await subscriber.untilCommit(commits.at(-1).cid)
    const all = [...frames, ...subscriber.frames]
    all.forEach(({ body }, i) => assert.ok(i === 0 || body.seq > all[i - 1].body.seq, 'each event once and in order'))
    const follower = await new Follower(firehose.url).follow(all)
    const shown = new Set(all.filter(({ type }) => type === '#commit').map(({ body }) => String(body.commit)))
    for (const { cid } of commits) assert.ok(shown.has(cid), `commit ${cid} was acknowledged but not shown`)
    const { creates } = await verifyRepoCar(await exportRepo({ ...account, server: firehose.url }), account.did, await signingKeyOf(account))
    const stored = new Map(creates.map((made) => [`${made.collection}/${made.rkey}`, String(made.cid)]))
    assert.deepEqual(new Map([...follower.records.get(account.did)].sort()), new Map([...stored].sort()))
    return all
  }
  /** Writes from several clients until enough is acknowledged, kills a host amid them, and starts it again. */
  const killAmidWrites = async (host, name) => {
    const target = commits.length + ACKNOWLEDGED_BEFORE_A_KILL
    let killed = false, ended = false
    const writers = Array.from({ length: WRITERS }, async (_, who) => {
      for (let i = 0; !ended; i++) {
        try {
          await write(`${name}-${who}-${i}`, i)
        } catch (error) {
          if (host !== writer || !killed) throw error
          return
        }
      }
    })
    const working = Promise.all(writers)
    await Promise.race([working, poll('the writes', () => commits.length >= target, 60_000)])
    killed = true
    await host.kill()
    if (host !== writer) await poll('writes without a firehose host', () => commits.length >= target + 10, 60_000)
    ended = true
    await working
    await host.restart()
  }

  test('show a verifying subscriber of one what is written to the other', async () => {
    const verifier = new Verifier({ server: firehose.url, cursor: 0 })
    try {
      const mixed = new MixedWriter(account, random)
      await mixed.singles(30)
      await mixed.batch(150)
      await mixed.singles(10)
      commits.push(...mixed.commits)
      const all = await checkEverything()
      const last = all.at(-1).body.seq
      await verifier.untilSeq(last)
      assert.deepEqual(acceptedEvents(verifier.events, 0, last), expectedEvents(all, 0, last))
      assert.deepEqual(verifier.errors, [])
    } finally {
      await verifier.close()
    }
  })

  test('take uploads and writes at either, and know them at both', async () => {
    const sent = await post('com.atproto.repo.uploadBlob', 'kept', account.token, { type: 'text/plain', server: firehose.url })
    assert.equal(sent.status, 200, sent.text)
    await write('blob', sent.json.blob)
    const query = `did=${account.did}&cid=${sent.json.blob.ref.$link}`
    for (const host of [writer, firehose]) {
      assert.equal((await exchange('GET', `/xrpc/com.atproto.sync.getBlob?${query}`, { server: host.url })).text, 'kept')
    }
    for (let i = 0; i < 5; i++) {
      await write(`here-${i}`, i, firehose)
      await write(`there-${i}`, i, writer)
    }
    await checkEverything()
  })

  test('let nobody else poke the firehose host', async () => {
    const forged = { seq: Number.MAX_SAFE_INTEGER, time: Date.now(), mac: '0'.repeat(64) }
    for (const body of [forged, {}, 'no JSON']) {
      assert.equal((await exchange('POST', '/virga/poke', { body, server: firehose.url })).status, 401)
    }
    await checkEverything()
  })

  test('lose and repeat nothing when the firehose host is killed amid writes', async () => {
    await killAmidWrites(firehose, 'f')
    await comeBack()
    await checkEverything()
  })

  test('lose and repeat nothing when the writer is killed amid writes', async () => {
    await killAmidWrites(writer, 'w')
    await checkEverything()
  })

  test('number what a dead writer left, also at a cursor of its own host', async () => {
    const all = await checkEverything()
    const replays = await Promise.all([writer, firehose].map(async (host) => {
      const replay = await Subscriber.open({ server: host.url, cursor: 0 })
      await replay.untilCommit(commits.at(-1).cid)
      replay.close()
      return replay.frames.map(({ bytes }) => bytes.toString('base64'))
    }))
    const seen = all.map(({ bytes }) => bytes.toString('base64'))
    assert.deepEqual(replays, [seen, seen])
  })

  test('have shown a Jetstream client of the firehose host all of it too, and replay it at either', async () => {
    const all = await checkEverything()
    const expected = all.flatMap(({ type, body }) => (type === '#commit' ? body.ops : [])
      .filter(({ path }) => path.startsWith(`${NOTE}/`))
      .map(({ action, path, cid }) => `${body.seq} ${action} ${path} ${cid ?? ''}`))
    const told = async ({ events }) => {
      const operations = () => events.filter(({ kind }) => kind === 'commit')
        .map(({ time_us: time, commit }) => `${time} ${commit.operation} ${commit.collection}/${commit.rkey} ${commit.cid ?? ''}`)
      await poll('Jetstream to show the last record', () => operations().includes(expected.at(-1)))
      return operations()
    }
    // A client that comes back names the last event that it has, and is sent that once more.
    assert.deepEqual([...new Set(await told(listener))], expected)
    for (const { url: server } of [writer, firehose]) {
      const replay = await Listener.open({ server, wantedCollections: [NOTE], cursor: 1 })
      try {
        assert.deepEqual(await told(replay), expected)
      } finally {
        replay.close()
      }
    }
  })
})

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { verifyRepoCar } from '@atproto/repo'
import { cloudUrl } from '../lib/cloud.mjs'
import { exportRepo } from '../lib/exports.mjs'
import { Subscriber, Verifier, acceptedEvents, expectedEvents } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { Host, noOwnHost } from '../lib/host.mjs'
import { exchange, post } from '../lib/http.mjs'
import { poll } from '../lib/poll.mjs'
import { NOTE, create, noteRecord } from '../lib/records.mjs'
import { better, newAccount, signingKeyOf } from '../lib/world.mjs'

const WRITERS = 4
const ACKNOWLEDGED_PER_ROUND = cloudUrl() ? 30 : 60 // DynamoDB Local is slow
const KILLS = cloudUrl() ? 1 : 3

suite('a host of its own', { skip: noOwnHost }, () => {
  let host, account, subscriber
  const frames = [] // all that a subscriber saw who always came back with its cursor
  const commits = [] // all that was acknowledged
  const records = new Map()
  const server = () => host.url

  before(async () => {
    host = await Host.start()
    subscriber = await Subscriber.open({ server: server(), cursor: 0 })
    account = await newAccount(server())
  })
  after(async () => {
    subscriber?.close()
    await host?.destroy()
  })

  const write = async (rkey, value) => {
    const answer = await post('com.atproto.repo.createRecord', { repo: account.did, collection: NOTE, rkey, record: noteRecord(value) }, account.token, { server: server() })
    assert.equal(answer.status, 200, answer.text)
    commits.push(answer.json.commit)
    records.set(`${NOTE}/${rkey}`, answer.json.cid)
  }
  /** What a subscriber does whose connection ended: keeps what it got and comes back with its cursor. */
  const comeBack = async () => {
    await subscriber.untilClosed()
    frames.push(...subscriber.frames)
    subscriber = await Subscriber.open({ server: server(), cursor: frames.at(-1)?.body.seq ?? 0 })
  }
  const checkEverything = async () => {
    await write(`after-${commits.length}`, 0)
    await subscriber.untilCommit(commits.at(-1).cid)
    const all = [...frames, ...subscriber.frames]
    const follower = await new Follower(server()).follow(all)
    const shown = new Set(all.filter(({ type }) => type === '#commit').map(({ body }) => String(body.commit)))
    for (const { cid } of commits) assert.ok(shown.has(cid), `commit ${cid} was acknowledged but not shown`)
    const { creates } = await verifyRepoCar(await exportRepo(account), account.did, await signingKeyOf(account))
    const stored = new Map(creates.map((made) => [`${made.collection}/${made.rkey}`, String(made.cid)]))
    for (const [path, cid] of records) assert.equal(stored.get(path), cid, `${path} was acknowledged`)
    assert.deepEqual(new Map([...follower.records.get(account.did)].sort()), new Map([...stored].sort()), 'the firehose tells what the repository holds')
    return all
  }

  test('goes on after an orderly restart where it was', async () => {
    for (let i = 0; i < 20; i++) await write(`early-${i}`, i)
    await host.stop()
    await host.restart()
    await comeBack()
    await checkEverything()
    const session = await new AtpAgent({ service: server() }).login({ identifier: account.handle, password: account.password })
    assert.equal(session.data.did, account.did)
  })

  test('keeps sessions, blobs and the DID document over a restart', async () => {
    const sent = await post('com.atproto.repo.uploadBlob', 'kept', account.token, { type: 'text/plain', server: server() })
    await write('blob', sent.json.blob)
    const ask = async (path, token) => (await exchange('GET', path, { token, server: server() })).text
    const questions = [
      ['/xrpc/com.atproto.server.describeServer'],
      ['/xrpc/com.atproto.server.getSession', account.token],
      [`/xrpc/com.atproto.sync.getBlob?did=${account.did}&cid=${sent.json.blob.ref.$link}`],
      [`/xrpc/com.atproto.sync.getLatestCommit?did=${account.did}`],
      ...(process.env.VIRGA_E2E_PLC_URL ? [] : [[`/${account.did}`], [`/${account.did}/log/audit`]]),
    ]
    const before = await Promise.all(questions.map((question) => ask(...question)))
    await host.stop()
    await host.restart()
    await comeBack()
    assert.deepEqual(await Promise.all(questions.map((question) => ask(...question))), before)
  })

  for (let round = 1; round <= KILLS; round++) {
    test(`loses nothing that it acknowledged when killed amid writes (${round})`, better, async () => {
      const target = commits.length + ACKNOWLEDGED_PER_ROUND
      let killed = false
      const writers = Array.from({ length: WRITERS }, async (_, who) => {
        for (let i = 0; !killed; i++) {
          try {
            if (who > 0) await write(`r${round}-${who}-${i}`, i)
            else await writeBatch(`r${round}-batch-${i}`)
          } catch (error) {
            if (!killed) throw error // before the kill every write must succeed
          }
        }
      })
      const working = Promise.all(writers)
      await Promise.race([working, poll('the writes', () => commits.length >= target, 60_000)])
      killed = true
      await host.kill()
      await working
      await host.restart()
      await comeBack()
      await checkEverything()
    })
  }

  const writeBatch = async (name) => {
    const writes = Array.from({ length: 30 }, (_, i) => create(NOTE, `${name}-${i}`, noteRecord(i)))
    const answer = await post('com.atproto.repo.applyWrites', { repo: account.did, writes }, account.token, { server: server() })
    assert.equal(answer.status, 200, answer.text)
    commits.push(answer.json.commit)
    answer.json.results.forEach((result, i) => records.set(`${NOTE}/${writes[i].rkey}`, result.cid))
  }

  test('replays after all that what the verifying consumer accepts in whole', async () => {
    const all = await checkEverything()
    const last = all.at(-1).body.seq
    const replay = await Subscriber.open({ server: server(), cursor: 0 })
    await replay.untilCommit(commits.at(-1).cid)
    replay.close()
    assert.deepEqual(replay.frames.map(({ bytes }) => bytes.toString('base64')), all.map(({ bytes }) => bytes.toString('base64')))
    const verifier = new Verifier({ server: server(), cursor: 0 })
    try {
      await verifier.untilSeq(last)
      assert.deepEqual(acceptedEvents(verifier.events, 0, last), expectedEvents(all, 0, last))
      assert.deepEqual(verifier.errors, [])
    } finally {
      await verifier.close()
    }
  })
})

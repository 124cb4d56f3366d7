// What is too large for functions goes to the firehose host, past the writer: both must know all of it at once.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { verifyRepoCar } from '@atproto/repo'
import { furnish, publishedKey, takeStock } from '../lib/belongings.mjs'
import { noCloud } from '../lib/cloud.mjs'
import { Edge } from '../lib/edge.mjs'
import { exportRepo } from '../lib/exports.mjs'
import { Subscriber } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { Host, noOwnHost } from '../lib/host.mjs'
import { assertError, exchange, get, post } from '../lib/http.mjs'
import { move, signUpAt, virgaHome } from '../lib/migration.mjs'
import { Random } from '../lib/random.mjs'
import { NOTE, create, noteRecord } from '../lib/records.mjs'
import { plcOf, url } from '../lib/world.mjs'

const FUNCTIONS_TAKE = 4_400_000
const IMPORTS = 8
const IMPORT_MS = 1_000 // about what one takes
const CAR = 'application/vnd.ipld.car'

suite('large bodies beside a writer', { skip: noOwnHost || noCloud }, () => {
  let firehose, writer, edge, home, account, token, did, subscriber
  before(async () => {
    firehose = await Host.start({ VIRGA_MODE: 'firehose', PDS_DID_PLC_URL: plcOf() })
    writer = await Host.start({ VIRGA_FIREHOSE_URL: firehose.url, PDS_DID_PLC_URL: plcOf() }, firehose)
    edge = await Edge.open({ api: writer.url, host: firehose.url })
    subscriber = await Subscriber.open({ server: firehose.url, cursor: 0 })
    home = virgaHome(writer.url, plcOf())
    account = await signUpAt(home)
    did = account.did
    token = account.agent.session.accessJwt
  })
  after(async () => {
    subscriber?.close()
    edge?.close()
    await Promise.all([writer?.destroy(), firehose?.destroy()])
  })

  const ok = async (answer) => {
    const { status, text, json } = await answer
    assert.equal(status, 200, text)
    return json
  }
  const write = (server, rkey, value = rkey) => ok(post('com.atproto.repo.createRecord', { repo: did, collection: NOTE, rkey, record: noteRecord(value) }, token, { server: server.url }))
  const importAt = (server, car) => post('com.atproto.repo.importRepo', car, token, { type: CAR, server: server.url })
  const latestAt = (server) => ok(get('com.atproto.sync.getLatestCommit', { did }, { server: server.url }))
  const record = (server, rkey) => get('com.atproto.repo.getRecord', { repo: did, collection: NOTE, rkey }, { server: server.url })
  /** Both hosts hold the same repository, verifiable, of which the last commit is the given one if any. */
  const agree = async (commit) => {
    const [here, there] = await Promise.all([writer, firehose].map(({ url: server }) => exportRepo({ did, server })))
    assert.deepEqual(Buffer.from(here), Buffer.from(there), 'both export the same bytes')
    const verified = await verifyRepoCar(here, did, await publishedKey(account))
    if (commit) assert.equal(String(verified.commit.cid), commit.cid)
    for (const server of [writer, firehose]) assert.equal((await latestAt(server)).cid, String(verified.commit.cid))
    return new Map(verified.creates.map(({ rkey, cid }) => [rkey, String(cid)]))
  }

  test('are led to the firehose host by the edge, and nothing else is', async () => {
    const bytes = randomBytes(FUNCTIONS_TAKE + 1)
    const { blob } = await ok(post('com.atproto.repo.uploadBlob', bytes, token, { type: 'application/octet-stream', server: edge.url }))
    assert.equal(edge.log.at(-1), 'host POST /xrpc/com.atproto.repo.uploadBlob')
    const small = await ok(post('com.atproto.repo.uploadBlob', bytes.subarray(0, 1_000), token, { type: 'application/octet-stream', server: edge.url }))
    assert.equal(edge.log.at(-1), 'api POST /xrpc/com.atproto.repo.uploadBlob')
    await write(edge, 'large', blob)
    await write(edge, 'small', small.blob)
    assert.equal(edge.log.at(-1), 'api POST /xrpc/com.atproto.repo.createRecord')
    for (const server of [writer, firehose]) {
      const answer = await exchange('GET', `/xrpc/com.atproto.sync.getBlob?did=${did}&cid=${blob.ref.$link}`, { server: server.url })
      assert.deepEqual(createHash('sha256').update(answer.bytes).digest('hex'), createHash('sha256').update(bytes).digest('hex'))
    }
    assert.deepEqual([...(await agree()).keys()], ['large', 'small'])
  })

  test('are refused by all methods but those two', async () => {
    const before = await latestAt(writer)
    const body = Buffer.from(JSON.stringify({ repo: did, collection: NOTE, record: noteRecord('x'.repeat(FUNCTIONS_TAKE)) }))
    for (const method of ['repo.createRecord', 'repo.applyWrites', 'repo.putRecord', 'server.createAppPassword', 'server.createSession', 'server.createAccount']) {
      const path = `/xrpc/com.atproto.${method}`
      const credentials = /create(Session|Account)/.test(method) ? undefined : token
      const answer = await exchange('POST', path, { body, token: credentials, type: 'application/json', server: edge.url })
      assert.equal(edge.log.at(-1), `host POST ${path}`)
      assertError(answer, 413, 'PayloadTooLarge')
    }
    const nowhere = await exchange('POST', '/nowhere', { body, token, type: 'application/json', server: edge.url })
    assert.equal(nowhere.status, 404)
    assert.deepEqual(await latestAt(writer), before)
  })

  test('need the same credentials at either', async () => {
    const { token: service } = await ok(get('com.atproto.server.getServiceAuth', { aud: (await ok(get('com.atproto.server.describeServer', {}, { server: writer.url }))).did, lxm: 'com.atproto.repo.uploadBlob' }, { token, server: writer.url }))
    const { password } = await ok(post('com.atproto.server.createAppPassword', { name: 'app' }, token, { server: writer.url }))
    const { accessJwt: app } = await ok(post('com.atproto.server.createSession', { identifier: account.handle, password }, undefined, { server: writer.url }))
    const outcomes = {}
    for (const [name, credentials] of Object.entries({ none: undefined, broken: 'a.b.c', refresh: account.agent.session.refreshJwt, app, service, session: token })) {
      const ask = (server) => Promise.all([
        post('com.atproto.repo.uploadBlob', 'credentials', credentials, { type: 'text/plain', server }),
        post('com.atproto.repo.importRepo', 'no CAR', credentials, { type: CAR, server }),
      ])
      const [there, here] = [await ask(firehose.url), await ask(writer.url)].map((answers) => answers.map(({ status, json }) => ({ status, json })))
      assert.deepEqual(there, here, name)
      outcomes[name] = there.map(({ status, json }) => `${status} ${json?.error ?? ''}`.trim())
    }
    assert.deepEqual(outcomes, {
      none: ['401 AuthMissing', '401 AuthMissing'],
      broken: ['400 InvalidToken', '400 InvalidToken'],
      refresh: ['400 InvalidToken', '400 InvalidToken'],
      app: ['200', '400 InvalidToken'],
      service: ['200', '400 InvalidToken'],
      session: ['200', '400 InvalidRequest'],
    })
  })

  test('replace a repository under a writer that has just written, and the other way round', async () => {
    for (let batch = 0; batch < 6; batch++) { // more than functions take
      const writes = Array.from({ length: 9 }, (_, i) => create(NOTE, `big-${batch}-${i}`, noteRecord(randomBytes(65_000).toString('base64'))))
      await ok(post('com.atproto.repo.applyWrites', { repo: did, writes }, token, { server: edge.url }))
    }
    const old = await exportRepo({ did, server: firehose.url })
    assert.ok(old.length > FUNCTIONS_TAKE)
    const kept = await agree()
    for (const round of [1, 2]) {
      await write(writer, `after-${round}`)
      await ok(importAt(edge, old))
      assert.equal(edge.log.at(-1), 'host POST /xrpc/com.atproto.repo.importRepo')
      // The writer knows it at once, and goes on from there.
      assertError(await record(writer, `after-${round}`), 400, 'RecordNotFound')
      assert.deepEqual(await latestAt(writer), await latestAt(firehose))
      const { commit } = await write(writer, `on-top-${round}`)
      assert.deepEqual(await agree(commit), new Map([...kept, [`on-top-${round}`, (await record(firehose, `on-top-${round}`)).json.cid]].sort()))
      // And so does the firehose host after an import by the writer.
      await ok(importAt(writer, old))
      assertError(await record(firehose, `on-top-${round}`), 400, 'RecordNotFound')
      const { commit: own } = await write(firehose, `own-${round}`)
      await agree(own)
      await agree((await write(writer, `again-${round}`)).commit)
      await agree((await write(firehose, `and-again-${round}`)).commit)
    }
  })

  test('lose no write that was acknowledged after them, at whatever moment of an import it came', async () => {
    const random = new Random()
    console.log(`seed ${random.seed}`)
    const base = await exportRepo({ did, server: firehose.url })
    const acknowledged = []
    const outcomes = []
    for (let round = 0; round < IMPORTS; round++) {
      const writes = [writer, firehose].map(async (server, who) => {
        await pause(random.below(IMPORT_MS))
        const rkey = `turn-${round}-${who}`
        const { commit, cid } = await write(server, rkey)
        acknowledged.push({ rkey, cid, rev: commit.rev })
      })
      const { status, text } = await importAt(edge, base)
      if (status !== 200) assert.match(text, /NotEnoughResources/) // the import gives way
      outcomes.push(status)
      await Promise.all(writes)
    }
    const { commit } = await write(writer, 'the-last')
    const stored = await agree(commit)
    await subscriber.untilCommit(commit.cid)
    const imports = subscriber.frames.filter(({ type, body }) => type === '#sync' && body.did === did)
    for (const { rkey, rev, cid } of acknowledged) {
      const replaced = imports.some(({ body }) => body.rev > rev)
      assert.equal(stored.get(rkey), replaced ? undefined : cid, `${rkey} of ${rev}`)
    }
    console.log(`imports answered ${outcomes.join(', ')}`)
  })

  test('bring an account from elsewhere', async () => {
    const away = await signUpAt(virgaHome(url, plcOf()))
    await furnish(away, { records: 300, blobs: 10 })
    const stock = await takeStock(away)
    const moved = await move(away, { ...home, large: firehose.url })
    assert.deepEqual(await takeStock(moved), stock)
    assert.deepEqual(await takeStock({ ...moved, server: firehose.url }), stock)
    const { data } = await moved.agent.com.atproto.repo.createRecord({ repo: moved.did, collection: NOTE, record: noteRecord('home') })
    await subscriber.untilCommit(data.commit.cid)
  })

  test('are told of by the stream in an order that a relay accepts', async () => {
    const follower = await new Follower(plcOf()).follow(subscriber.frames)
    assert.equal(follower.heads.get(did).rev, (await latestAt(writer)).rev)
    assert.ok(subscriber.frames.filter(({ type, body }) => type === '#sync' && body.did === did).length >= 4, 'each import that changed something')
  })
})

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { jsonToLex } from '@atproto/api'
import { cidForLex } from '@atproto/lex-cbor'
import { Listener, refusal } from '../lib/jetstream.mjs'
import { MixedWriter } from '../lib/mixed.mjs'
import { Random } from '../lib/random.mjs'
import { FOLLOW, NOTE, create, noteRecord, now, remove, tid } from '../lib/records.mjs'
import { newAccount } from '../lib/world.mjs'

suite('Jetstream', () => {
  const random = new Random()
  const open = []
  let account, other, live, writer
  const listen = async (options) => {
    const listener = await Listener.open(options)
    open.push(listener)
    return listener
  }
  const follow = async (of) => {
    const rkey = tid()
    await write(of, FOLLOW, rkey, { $type: FOLLOW, subject: `did:web:n${rkey}.example.com`, createdAt: now() })
    return rkey
  }
  const note = (of, rkey, value = 1) => write(of, NOTE, rkey, noteRecord(value))
  const write = (of, collection, rkey, record) => of.agent.com.atproto.repo.createRecord({ repo: of.did, collection, rkey, record })

  before(async () => {
    console.log(`seed ${random.seed}`)
    const everything = await listen()
    account = await newAccount()
    other = await newAccount()
    live = await listen({ wantedDids: [account.did] })
    await everything.until('the new account', ({ did, kind }) => did === account.did && kind === 'account')
    writer = new MixedWriter(account, random)
    await writer.singles(60)
    await writer.batch(50)
    await note(account, 'last')
    await live.untilRecord('last')
    await everything.untilRecord('last')
    assert.deepEqual(everything.events.filter(({ did }) => did === account.did).slice(0, 2).map(({ kind }) => kind), ['identity', 'account'])
  })
  after(() => open.forEach((each) => each.close()))

  test('carries every operation of an account, with its record and CID, live', async () => {
    const state = new Map()
    for (const { did, commit, time_us: time } of live.events.filter(({ kind }) => kind === 'commit')) {
      assert.equal(did, account.did)
      assert.ok(Number.isSafeInteger(time))
      const path = `${commit.collection}/${commit.rkey}`
      if (commit.operation === 'delete') {
        assert.deepEqual([commit.record, commit.cid], [undefined, undefined])
        assert.ok(state.delete(path), path)
      } else {
        assert.equal(commit.operation, state.has(path) ? 'update' : 'create')
        assert.equal(String(await cidForLex(jsonToLex(commit.record))), commit.cid)
        state.set(path, commit.cid)
      }
    }
    state.delete(`${NOTE}/last`)
    assert.deepEqual(new Map([...state].sort()), new Map([...writer.cids()].sort()))
  })

  test('never goes back in time', () => {
    const times = live.events.map(({ time_us: time }) => time)
    assert.deepEqual(times, times.toSorted((a, b) => a - b))
  })

  test('replays from any cursor, its own events included, and goes on live', async () => {
    const from = random.pick(live.events).time_us
    const replay = await listen({ wantedDids: [account.did], cursor: from })
    await replay.untilRecord('last')
    assert.deepEqual(replay.events, live.events.filter(({ time_us: time }) => time >= from))
    await note(account, 'after-replay')
    await replay.untilRecord('after-replay')
    await live.untilRecord('after-replay')
    assert.deepEqual(replay.events, live.events.filter(({ time_us: time }) => time >= from))
  })

  test('loses nothing over a reconnection, and repeats the last number only', async () => {
    const listener = await listen({ wantedDids: [account.did], cursor: live.events[0].time_us })
    await listener.untilRecord('last')
    const before = listener.events.length
    const last = listener.events.at(-1).time_us
    listener.client.ws.reconnect()
    await note(account, 'after-reconnect')
    await listener.untilRecord('after-reconnect')
    const repeated = listener.events.slice(before).filter(({ time_us: time }) => time <= last)
    assert.ok(repeated.every(({ time_us: time }) => time === last))
    assert.deepEqual(listener.events.slice(before).map(({ commit }) => commit?.rkey).at(-1), 'after-reconnect')
  })

  test('is live only from a cursor of the future', async () => {
    const listener = await listen({ wantedDids: [account.did], cursor: Number.MAX_SAFE_INTEGER })
    await note(account, 'future')
    await listener.untilRecord('future')
    assert.equal(listener.events.length, 1)
  })

  test('is filtered by collection, as a whole or by prefix', async () => {
    const graph = await listen({ wantedCollections: ['app.bsky.graph.*', 'com.example.nothing'], wantedDids: [account.did] })
    const notes = await listen({ wantedCollections: [NOTE], wantedDids: [account.did] })
    await note(account, 'filtered-1')
    const second = await follow(account)
    await note(account, 'filtered-3')
    const fourth = await follow(account)
    await graph.untilRecord(fourth)
    await notes.untilRecord('filtered-3')
    assert.deepEqual(graph.events.map(({ commit }) => commit.rkey), [second, fourth])
    assert.deepEqual(notes.events.map(({ commit }) => commit.rkey), ['filtered-1', 'filtered-3'])
  })

  test('tells of identities and accounts whatever the collections', async () => {
    const listener = await listen({ wantedCollections: [NOTE] })
    const third = await newAccount()
    await listener.until('the account', ({ did, kind }) => did === third.did && kind === 'account')
    const [identity, state] = listener.events.filter(({ did }) => did === third.did)
    assert.deepEqual([identity.kind, identity.identity.did, identity.identity.handle], ['identity', third.did, third.handle])
    assert.deepEqual([state.kind, state.account.did, state.account.active], ['account', third.did, true])
    assert.equal(identity.identity.seq, identity.time_us)
    assert.ok(Date.parse(identity.identity.time))
  })

  test('is filtered by account', async () => {
    const both = await listen({ wantedDids: [account.did, other.did] })
    const one = await listen({ wantedDids: [other.did] })
    await note(account, 'by-did-1')
    await note(other, 'by-did-2')
    await both.untilRecord('by-did-2')
    await one.untilRecord('by-did-2')
    assert.deepEqual(both.events.map(({ did }) => did), [account.did, other.did])
    assert.deepEqual(one.events.map(({ did }) => did), [other.did])
  })

  test('takes new options while it runs', async () => {
    const listener = await listen({ wantedDids: [account.did] })
    await note(account, 'options-1')
    await listener.untilRecord('options-1')
    listener.client.updateOptions({ wantedDids: [other.did], wantedCollections: ['app.bsky.*'] })
    // Nothing answers an update, so wait until it shows.
    const others = []
    while (!listener.events.some(({ did }) => did === other.did)) {
      assert.ok(others.length < 200)
      others.push(await follow(other))
    }
    await note(account, 'options-2')
    await note(other, 'options-3')
    others.push(await follow(other))
    await listener.untilRecord(others.at(-1))
    const seen = listener.events.map(({ commit }) => commit.rkey)
    assert.equal(seen[0], 'options-1')
    assert.deepEqual(seen.slice(1), others.slice(1 - seen.length))
  })

  test('leaves out what is longer than wanted', async () => {
    const listener = await listen({ wantedDids: [account.did], maxMessageSizeBytes: 1_000 })
    await note(account, 'long', 'x'.repeat(2_000))
    await note(account, 'short')
    await listener.untilRecord('short')
    assert.deepEqual(listener.events.map(({ commit }) => commit.rkey), ['short'])
  })

  test('gives all events of one commit the same number', async () => {
    const [a, b] = [tid(), tid()]
    await note(account, a)
    await account.agent.com.atproto.repo.applyWrites({ repo: account.did, writes: [create(NOTE, b, noteRecord(2)), remove(NOTE, a)] })
    const [made] = await live.untilRecord(b)
    const gone = (await live.untilRecord(a, 2))[1]
    assert.equal(made.time_us, gone.time_us)
    assert.equal(made.commit.rev, gone.commit.rev)
  })

  test('refuses what it cannot serve before the connection is made', async () => {
    for (const query of ['?cursor=yesterday', '?wantedDids=alice', '?wantedCollections=*', '?compress=true']) {
      const { status, json } = await refusal(query)
      assert.deepEqual([status, json.error], [400, 'InvalidRequest'], query)
    }
    assert.equal((await refusal('', { 'Socket-Encoding': 'zstd' })).status, 400)
  })
})

// A server is backed up while it runs, and another takes its place out of the backup: from a laptop's stores to others, or to the cloud and back.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, suite, test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { PREFERENCES, furnish, preferencesOf, publishedIdentity, takeStock } from '../lib/belongings.mjs'
import { noCloud } from '../lib/cloud.mjs'
import { blocksInOrder, exportRepo } from '../lib/exports.mjs'
import { Subscriber } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { Host, noOwnHost } from '../lib/host.mjs'
import { NOTE, noteRecord } from '../lib/records.mjs'
import { newAccount } from '../lib/world.mjs'

const RECORDS = 300
const BLOBS = 8
const MOVES = noCloud ? ['laptop'] : ['cloud', 'laptop']

suite('a server that takes the place of another out of its backup', { skip: noOwnHost }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virga-e2e-backup-'))
  const frames = [] // of one subscriber, who saw the first server and comes back to each with its cursor
  let host, subscriber, account, other, appPassword

  before(async () => {
    host = await Host.startOn('laptop')
    subscriber = await Subscriber.open({ server: host.url, cursor: 0 })
    account = await newAccount(host.url)
    other = await newAccount(host.url)
    await furnish(account, { records: RECORDS, blobs: BLOBS })
    appPassword = (await account.agent.com.atproto.server.createAppPassword({ name: 'phone' })).data.password
    await write(account, 'of the first server')
  })
  after(async () => {
    subscriber?.close()
    await host?.destroy()
    rmSync(folder, { recursive: true, force: true })
  })

  const write = async (who, value) => {
    const { data } = await who.agent.com.atproto.repo.createRecord({ repo: who.did, collection: NOTE, record: noteRecord(value) })
    await subscriber.untilCommit(data.commit.cid)
    return data
  }
  const operate = async (expected, ...words) => {
    const { code, output } = await host.operate(...words)
    assert.equal(code, expected, `virga ${words[0]} ended with ${code}:\n${output}`)
    return output
  }
  const signIn = async (password) => {
    const agent = new AtpAgent({ service: host.url })
    await agent.login({ identifier: account.handle, password })
    return agent
  }
  const latest = async (who) => (await who.agent.com.atproto.sync.getLatestCommit({ did: who.did })).data

  for (const backend of MOVES) {
    test(`keeps everything that an account had, on a ${backend}'s stores`, async () => {
      const stock = await takeStock(account)
      const identity = await publishedIdentity(account)
      const heads = [await latest(account), await latest(other)]
      const blocks = await blocksInOrder(await exportRepo(account))
      assert.match(await operate(0, 'backup', folder), /2 accounts/)
      assert.match(await operate(0, 'backup', folder), /written now: 0 repositories, 0 blobs/)
      await operate(0, 'verify')

      const former = host
      host = await former.successor(backend)
      assert.match(await operate(0, 'restore', folder), /2 accounts/)
      await operate(0, 'verify')
      await host.restart()
      assert.equal(host.url, former.url)
      await former.destroy()

      account.agent = await signIn(account.password)
      assert.deepEqual([await latest(account), await latest(other)], heads)
      assert.deepEqual(await blocksInOrder(await exportRepo(account)), blocks)
      assert.deepEqual(await takeStock(account), stock)
      assert.deepEqual([stock.records.length >= RECORDS, stock.blobs.length], [true, BLOBS])
      assert.deepEqual(await publishedIdentity(account), identity)
      assert.deepEqual(await preferencesOf(account), PREFERENCES)
      const { data } = await account.agent.com.atproto.server.listAppPasswords()
      assert.deepEqual(data.passwords.map(({ name }) => name), ['phone'])
      assert.equal((await signIn(appPassword)).session.did, account.did)
      await assert.rejects(signIn('another password'))
    })

    test(`goes on with the event stream above the old numbers, on a ${backend}'s stores`, async () => {
      await subscriber.untilClosed()
      frames.push(...subscriber.frames)
      const cursor = frames.at(-1).body.seq
      subscriber = await Subscriber.open({ server: host.url, cursor })
      await write(account, `of the server on a ${backend}`)
      const since = subscriber.frames
      assert.ok(since[0].body.seq > cursor, 'numbers go on')
      const { data } = await account.agent.com.atproto.sync.getRepoStatus({ did: account.did })
      assert.equal(since.at(-1).body.rev, data.rev)
      // What a relay demands: each commit follows the one before, also over the change of servers.
      const follower = await new Follower(host.url).follow([...frames, ...since])
      assert.equal(follower.heads.get(account.did).rev, data.rev)
      assert.deepEqual([...new Set(since.map(({ type }) => type))].sort(), ['#account', '#commit', '#identity', '#sync'])
    })
  }

  test('is refused where there are accounts already', async () => {
    await host.stop()
    assert.match(await operate(2, 'restore', folder), /has accounts already/)
    await host.restart()
    await signIn(account.password)
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { verifyRepoCar } from '@atproto/repo'
import { exportRepo } from '../lib/exports.mjs'
import { Subscriber } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { NOTE, POST, create, noteRecord, postRecord, remove, update } from '../lib/records.mjs'
import { anotherClient, newAccount, signingKeyOf } from '../lib/world.mjs'

const CLIENTS = 8

suite('eight clients writing to one repository at once', () => {
  const setUp = async () => {
    const account = await newAccount()
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => anotherClient(account)))
    const subscriber = await Subscriber.open()
    return { account, clients, subscriber, repo: account.did }
  }
  const contents = async (account) => {
    const { creates } = await verifyRepoCar(await exportRepo(account), account.did, await signingKeyOf(account))
    return new Map(creates.map((write) => [`${write.collection}/${write.rkey}`, String(write.cid)]).sort())
  }
  /** Checks that the firehose showed each of these commits once, as one chain, and what was left in the end. */
  const checkChain = async ({ account, subscriber, repo }, commits, records) => {
    const [newest] = [...commits].sort((a, b) => (a.rev < b.rev ? 1 : -1))
    await subscriber.untilCommit(newest.cid)
    subscriber.close()
    const frames = subscriber.frames.filter(({ body }) => (body.repo ?? body.did) === repo)
    const shown = frames.filter(({ type }) => type === '#commit').map(({ body }) => ({ cid: String(body.commit), rev: body.rev }))
    const byRev = (a, b) => (a.rev < b.rev ? -1 : 1)
    assert.deepEqual(shown, [...commits].sort(byRev), 'one commit for each answer, revs and seqs rising together')
    const follower = await new Follower().follow(subscriber.frames)
    assert.equal(follower.heads.get(repo).commit, newest.cid)
    assert.deepEqual(await contents(account), new Map([...records].sort()))
  }

  test('lose no write and see no error', async () => {
    const world = await setUp()
    const { clients, repo } = world
    const commits = []
    const records = new Map()
    await Promise.all(clients.map(async (agent, who) => {
      const { repo: calls } = agent.com.atproto
      const note = (i) => `c${who}-${i}`
      const kept = (answer, rkey) => {
        commits.push(answer.data.commit)
        if (answer.data.cid) records.set(`${NOTE}/${rkey}`, answer.data.cid)
      }
      for (let i = 0; i < 6; i++) {
        kept(await calls.createRecord({ repo, collection: NOTE, rkey: note(i), record: noteRecord(i) }), note(i))
        const post = await calls.createRecord({ repo, collection: POST, record: postRecord(`${who} ${i}`) })
        commits.push(post.data.commit)
        records.set(post.data.uri.split('/').slice(3).join('/'), post.data.cid)
        kept(await calls.putRecord({ repo, collection: NOTE, rkey: note(i), record: noteRecord(-i - 1) }), note(i))
        const writes = [create(NOTE, `${note(i)}-a`, noteRecord(1)), create(NOTE, `${note(i)}-b`, noteRecord(2)), update(NOTE, note(i), noteRecord('batch'))]
        const batch = await calls.applyWrites({ repo, writes })
        commits.push(batch.data.commit)
        batch.data.results.forEach((result, n) => records.set(`${NOTE}/${writes[n].rkey}`, result.cid))
        kept(await calls.deleteRecord({ repo, collection: NOTE, rkey: `${note(i)}-a` }))
        records.delete(`${NOTE}/${note(i)}-a`)
        const last = await calls.applyWrites({ repo, writes: [remove(NOTE, `${note(i)}-b`)] })
        commits.push(last.data.commit)
        records.delete(`${NOTE}/${note(i)}-b`)
      }
    }))
    assert.equal(commits.length, CLIENTS * 6 * 6)
    await checkChain(world, commits, records)
  })

  test('win a swap of the commit one at a time, and lose with InvalidSwap only', async () => {
    const world = await setUp()
    const { clients, repo } = world
    const commits = []
    const records = new Map()
    const bases = []
    await Promise.all(clients.map(async (agent, who) => {
      for (let i = 0, won = 0; won < 3; i++) {
        assert.ok(i < 500, 'a client that tries again gets its turn')
        const { data: head } = await agent.com.atproto.sync.getLatestCommit({ did: repo })
        const rkey = `s${who}-${won}`
        try {
          const { data } = await agent.com.atproto.repo.createRecord({ repo, collection: NOTE, rkey, record: noteRecord(i), swapCommit: head.cid })
          won++
          bases.push(head.cid)
          commits.push(data.commit)
          records.set(`${NOTE}/${rkey}`, data.cid)
        } catch (error) {
          assert.equal(error.error, 'InvalidSwap', error.message)
        }
      }
    }))
    assert.equal(new Set(bases).size, bases.length, 'no two replaced the same commit')
    await checkChain(world, commits, records)
  })

  test('count one record up with swaps of the record and lose no step', async () => {
    const world = await setUp()
    const { clients, repo } = world
    const collection = NOTE
    const rkey = 'counter'
    const first = await clients[0].com.atproto.repo.putRecord({ repo, collection, rkey, record: noteRecord(0), swapRecord: null })
    const commits = [first.data.commit]
    await Promise.all(clients.map(async (agent, who) => {
      for (let i = 0, won = 0; won < 3; i++) {
        assert.ok(i < 500, 'a client that tries again gets its turn')
        const { data } = await agent.com.atproto.repo.getRecord({ repo, collection, rkey })
        const record = noteRecord(data.value.value + 1, { who })
        try {
          const answer = await agent.com.atproto.repo.putRecord({ repo, collection, rkey, record, swapRecord: data.cid })
          won++
          commits.push(answer.data.commit)
        } catch (error) {
          assert.equal(error.error, 'InvalidSwap', error.message)
        }
      }
    }))
    const { data } = await clients[0].com.atproto.repo.getRecord({ repo, collection, rkey })
    assert.equal(data.value.value, CLIENTS * 3)
    await checkChain(world, commits, new Map([[`${collection}/${rkey}`, data.cid]]))
  })
})

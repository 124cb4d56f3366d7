import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { jsonToLex } from '@atproto/api'
import { cidForLex, decode } from '@atproto/lex-cbor'
import { parseCid } from '@atproto/lex-data'
import {
  BlockMap, MemoryBlockstore, Repo, readCar, readCarWithRoot, verifyDiff, verifyProofs, verifyRecords, verifyRepo, verifyRepoCar,
} from '@atproto/repo'
import { blocksInOrder, currentRoot, exportRepo, fetchCar, preorder, rootOf } from '../lib/exports.mjs'
import { exchange, get } from '../lib/http.mjs'
import { MixedWriter } from '../lib/mixed.mjs'
import { Random } from '../lib/random.mjs'
import { better, newAccount, signingKeyOf } from '../lib/world.mjs'

const byText = (a, b) => (a < b ? -1 : 1)
const paths = (creates) => new Map(creates.map((write) => [`${write.collection}/${write.rkey}`, String(write.cid)]).sort(([a], [b]) => byText(a, b)))

suite('a repository after 300 mixed calls and batches', () => {
  const random = new Random()
  let account, did, key, writer
  const increments = [] // { since, car } in order; the first is the whole of the empty repository
  const latest = async () => (await get('com.atproto.sync.getLatestCommit', { did })).json
  const claim = (path, cid) => ({ collection: path.split('/')[0], rkey: path.split('/')[1], cid })

  before(async () => {
    console.log(`seed ${random.seed}`)
    account = await newAccount()
    did = account.did
    key = await signingKeyOf(account)
    writer = new MixedWriter(account, random)
    let since
    const keep = async () => {
      increments.push({ since, car: await exportRepo(account, since) })
      since = (await latest()).rev
    }
    await keep()
    for (let round = 0; round < 3; round++) {
      await writer.singles(100)
      await keep()
      await writer.batch(200)
      await keep()
    }
  })

  test('has a newest commit that is the last acknowledged, and revs that rise', async () => {
    assert.deepEqual(await latest(), writer.commits.at(-1))
    const revs = writer.commits.map(({ rev }) => rev)
    assert.deepEqual(revs, [...new Set(revs)].sort())
  })

  test('is verified by @atproto/repo against the key in the DID document', async () => {
    const { creates, commit } = await verifyRepoCar(await exportRepo(account), did, key)
    assert.deepEqual(paths(creates), writer.cids())
    assert.equal(String(commit.cid), writer.commits.at(-1).cid)
    assert.equal(commit.rev, writer.commits.at(-1).rev)
  })

  test('has the tree that @atproto/repo builds from the same records', async () => {
    assert.equal(await currentRoot(account), await rootOf(writer.cids()))
  })

  test('holds what was written, as its CIDs say', async () => {
    const { blocks } = await readCarWithRoot(await exportRepo(account))
    for (const [path, { cid, value }] of writer.records) {
      const record = decode(blocks.get(parseCid(cid)))
      assert.deepEqual(record, jsonToLex(value), path)
      assert.equal(String(await cidForLex(record)), cid)
    }
  })

  test('lists what was written', async () => {
    const listed = new Map()
    for (const collection of new Set([...writer.records.keys()].map((path) => path.split('/')[0]))) {
      let cursor
      do {
        const { data } = await account.agent.com.atproto.repo.listRecords({ repo: did, collection, limit: 100, cursor })
        for (const { uri, cid } of data.records) listed.set(uri.split('/').slice(3).join('/'), cid)
        cursor = data.cursor
      } while (cursor)
    }
    assert.deepEqual(new Map([...listed].sort(([a], [b]) => byText(a, b))), writer.cids())
  })

  test('is exported with only its own blocks, each once', async () => {
    const { root, list } = await blocksInOrder(await exportRepo(account))
    assert.deepEqual([...new Set(list.map(({ cid }) => cid))].sort(), preorder(root, list).sort())
  })

  test('is exported commit first, then the tree in pre-order with the records interleaved', better, async () => {
    const { root, list } = await blocksInOrder(await exportRepo(account))
    assert.deepEqual([...new Set(list.map(({ cid }) => cid))], preorder(root, list))
  })

  test('is the sum of its increments, each of which verifies', async () => {
    const sum = new BlockMap()
    let repo = null
    for (const { car } of increments) {
      const { root, blocks } = await readCarWithRoot(car)
      const diff = await verifyDiff(repo, blocks, root, did, key)
      sum.addMap(blocks)
      repo = await Repo.load(new MemoryBlockstore(sum), diff.commit.cid)
    }
    const { creates } = await verifyRepo(sum, repo.cid, did, key)
    assert.deepEqual(paths(creates), writer.cids())
    const whole = (await readCarWithRoot(await exportRepo(account))).blocks
    for (const { cid } of whole.entries()) assert.ok(sum.has(cid), `block ${cid} is in an increment`)
    assert.ok(increments.at(-1).car.length < (await exportRepo(account)).length)
  })

  test('proves what it holds', async () => {
    for (const [path, { cid, value }] of [...writer.records].filter((_, i) => i % 10 === 0)) {
      const { collection, rkey } = claim(path)
      const proof = await fetchCar(account, 'getRecord', { did, collection, rkey })
      const { verified } = await verifyProofs(proof, [claim(path, parseCid(cid))], did, key)
      assert.equal(verified.length, 1, path)
      const [found] = await verifyRecords(proof, did, key)
      assert.deepEqual([found.collection, found.rkey, found.record], [collection, rkey, jsonToLex(value)])
      const lies = await verifyProofs(proof, [claim(path, null), claim(path, (await readCarWithRoot(proof)).root)], did, key)
      assert.equal(lies.verified.length, 0)
    }
  })

  test('proves what it does not hold', async () => {
    for (const path of ['com.example.note/zzzz', 'a.a.a/a', 'app.bsky.feed.post/3aaaaaaaaaaaa', 'zz.zz.zz/z', 'app.bsky.feed.like/self']) {
      const { collection, rkey } = claim(path)
      const proof = await fetchCar(account, 'getRecord', { did, collection, rkey })
      assert.equal((await verifyProofs(proof, [claim(path, null)], did, key)).verified.length, 1, path)
      assert.deepEqual(await verifyRecords(proof, did, key), [])
    }
  })

  test('gives single blocks', async () => {
    const { list } = await blocksInOrder(await exportRepo(account))
    const wanted = list.filter((_, i) => i % 25 === 0)
    const query = new URLSearchParams([['did', did], ...wanted.map(({ cid }) => ['cids', cid])])
    const answer = await exchange('GET', `/xrpc/com.atproto.sync.getBlocks?${query}`)
    assert.equal(answer.headers['content-type'], 'application/vnd.ipld.car')
    const { blocks } = await readCar(answer.bytes)
    assert.equal(blocks.size, wanted.length)
    for (const { cid, bytes } of wanted) assert.deepEqual(Buffer.from(blocks.get(parseCid(cid))), Buffer.from(bytes))
  })

  test('is told of by getRepoStatus, listRepos and the deprecated getHead and getCheckout', async () => {
    const { cid, rev } = await latest()
    assert.deepEqual((await get('com.atproto.sync.getRepoStatus', { did })).json, { did, active: true, rev })
    assert.deepEqual((await get('com.atproto.sync.getHead', { did })).json, { root: cid })
    assert.equal((await verifyRepoCar(await fetchCar(account, 'getCheckout', { did }), did, key)).creates.length, writer.records.size)
    const seen = []
    let cursor
    do {
      const page = (await get('com.atproto.sync.listRepos', { limit: 3, ...(cursor && { cursor }) })).json
      assert.ok(page.repos.length <= 3)
      seen.push(...page.repos)
      cursor = page.cursor
    } while (cursor)
    assert.deepEqual(seen.filter((repo) => repo.did === did), [{ did, head: cid, rev, active: true }])
    assert.equal(new Set(seen.map((repo) => repo.did)).size, seen.length)
  })
})

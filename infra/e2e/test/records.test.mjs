import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { assertError, get, post } from '../lib/http.mjs'
import { FOLLOW, LIKE, NOTE, POST, PROFILE, create, noteRecord, now, postRecord, remove, tid, update } from '../lib/records.mjs'
import { better, newAccount } from '../lib/world.mjs'

const ELSE = 'bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm' // some CID, of nothing written here
const RAW = 'bafkreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a'

let account, repo, call
before(async () => {
  account = await newAccount()
  repo = account.did
  call = (name, body) => post(`com.atproto.repo.${name}`, { repo, ...body }, account.token)
})
const ok = async (promise) => {
  const answer = await promise
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}
const makePost = (change) => call('createRecord', { collection: POST, record: postRecord(), ...change })
const makeNote = (change) => call('createRecord', { collection: NOTE, record: noteRecord(1), ...change })
const head = async () => ok(get('com.atproto.sync.getLatestCommit', { did: repo }))
const read = (collection, rkey, more) => get('com.atproto.repo.getRecord', { repo, collection, rkey, ...more })

suite('a record', () => {
  test('is answered with its address and the commit that holds it', async () => {
    const made = await ok(makePost())
    assert.deepEqual(Object.keys(made).sort(), ['cid', 'commit', 'uri', 'validationStatus'])
    assert.match(made.uri, new RegExp(`^at://${repo}/${POST}/[2-7a-z]{13}$`))
    assert.deepEqual(await head(), made.commit)
    const found = await ok(read(POST, made.uri.split('/').pop()))
    assert.deepEqual([found.uri, found.cid], [made.uri, made.cid])
  })

  test('is written under the handle as well as the DID', async () => {
    const made = await ok(makePost({ repo: account.handle }))
    const found = await ok(get('com.atproto.repo.getRecord', { repo: account.handle, collection: POST, rkey: made.uri.split('/').pop() }))
    assert.equal(found.uri, made.uri)
  })

  test('keeps the whole data model', async () => {
    const record = {
      $type: NOTE, text: 'ü 漢 👩‍👩‍👧‍👦 \u0000 "\\', number: -9007199254740991, zero: 0, yes: true, no: false, nothing: null, empty: {}, list: [[], 1, 'a', null],
      link: { $link: ELSE }, bytes: { $bytes: 'AAEC/w' }, nested: { a: { b: { c: [{ d: 1 }] } } }, 'key with spaces': 1,
    }
    const { uri, cid } = await ok(makeNote({ record }))
    const found = await ok(read(NOTE, uri.split('/').pop(), { cid }))
    assert.deepEqual(found.value, record)
    assertError(await read(NOTE, uri.split('/').pop(), { cid: ELSE }), 400, 'RecordNotFound')
  })

  test('tells whether a lexicon was there to check it', async () => {
    assert.equal((await ok(makePost())).validationStatus, 'valid')
    assert.equal((await ok(makePost({ validate: true }))).validationStatus, 'valid')
    assert.equal((await ok(makePost({ validate: false }))).validationStatus, undefined)
    assert.equal((await ok(makeNote())).validationStatus, 'unknown')
    assertError(await makeNote({ validate: true }), 400, 'InvalidRequest')
  })

  test('that breaks its lexicon is refused unless validation is off', async () => {
    const record = { $type: POST, text: 7, createdAt: now() }
    assertError(await makePost({ record }), 400, 'InvalidRequest', /text/)
    assertError(await makePost({ record: postRecord('x'.repeat(3001)) }), 400, 'InvalidRequest', /text/)
    assertError(await makePost({ record: postRecord('👩‍👩‍👧‍👦'.repeat(301)) }), 400, 'InvalidRequest', /text/)
    assertError(await makePost({ record: { $type: POST, text: 'x', createdAt: 'yesterday' } }), 400, 'InvalidRequest', /createdAt/)
    await ok(makePost({ record, validate: false }))
  })

  test('that breaks the data model is refused always', async () => {
    for (const validate of [undefined, false]) {
      assertError(await makeNote({ validate, record: noteRecord(1.5) }), 400, 'InvalidRequest')
      assertError(await makeNote({ validate, record: noteRecord({ cid: RAW, mimeType: 'image/png' }) }), 400, 'InvalidRequest')
    }
  })

  test('gets its $type from the collection and may not contradict it', async () => {
    const made = await ok(makeNote({ record: { value: 1 } }))
    assert.deepEqual((await ok(read(NOTE, made.uri.split('/').pop()))).value, { $type: NOTE, value: 1 })
    assertError(await makeNote({ record: postRecord() }), 400, 'InvalidRequest', /\$type/)
  })

  test('has a key of the allowed characters and of the kind its lexicon asks for', async () => {
    for (const rkey of ['a', '~.x', 'a:b_c-d~e.f', 'X'.repeat(512)]) await ok(makeNote({ rkey }))
    for (const rkey of ['', '.', '..', 'a/b', 'a b', 'ü', 'a@b', 'x'.repeat(513)]) assertError(await makeNote({ rkey }), 400, 'InvalidRequest')
    assertError(await makePost({ rkey: 'hello' }), 400, 'InvalidRequest', /key/i)
    assertError(await call('createRecord', { collection: PROFILE, rkey: 'other', record: { displayName: 'x' } }), 400, 'InvalidRequest', /key/i)
    assertError(await call('createRecord', { collection: 'nonsense', record: {} }), 400, 'InvalidRequest')
    await ok(call('putRecord', { collection: PROFILE, rkey: 'self', record: { displayName: 'x' } }))
  })

  test('cannot be created over another', better, async () => {
    await ok(makeNote({ rkey: 'taken' }))
    const before = await head()
    assertError(await makeNote({ rkey: 'taken' }), 400, 'InvalidRequest')
    assert.deepEqual(await head(), before)
  })

  test('put again unchanged makes no commit', async () => {
    const put = (value) => call('putRecord', { collection: NOTE, rkey: 'put', record: noteRecord(value) })
    const first = await ok(put(1))
    const again = await ok(put(1))
    assert.deepEqual([again.uri, again.cid, again.commit], [first.uri, first.cid, undefined])
    assert.deepEqual(await head(), first.commit)
    const changed = await ok(put(2))
    assert.notEqual(changed.cid, first.cid)
    assert.deepEqual(await head(), changed.commit)
  })

  test('deleted twice is no error', async () => {
    await ok(makeNote({ rkey: 'gone' }))
    const remove = () => ok(call('deleteRecord', { collection: NOTE, rkey: 'gone' }))
    const first = await remove()
    assert.deepEqual(await head(), first.commit)
    assert.deepEqual(await remove(), {})
    assert.deepEqual(await head(), first.commit)
    assertError(await read(NOTE, 'gone'), 400, 'RecordNotFound')
  })
})

suite('a swap', () => {
  test('of the commit succeeds only on the newest', async () => {
    const old = (await head()).cid
    const made = await ok(makeNote({ swapCommit: old }))
    assertError(await makeNote({ swapCommit: old }), 400, 'InvalidSwap', new RegExp(made.commit.cid))
    assertError(await call('putRecord', { collection: NOTE, rkey: 's', record: {}, swapCommit: old }), 400, 'InvalidSwap')
    assertError(await call('deleteRecord', { collection: NOTE, rkey: made.uri.split('/').pop(), swapCommit: old }), 400, 'InvalidSwap')
    assertError(await call('applyWrites', { writes: [create(NOTE, 's', {})], swapCommit: old }), 400, 'InvalidSwap')
    assertError(await makeNote({ swapCommit: 'nonsense' }), 400, 'InvalidRequest')
    assert.deepEqual(await head(), made.commit)
  })

  test('of a record succeeds only on its value, null meaning none', async () => {
    const put = (value, swapRecord) => call('putRecord', { collection: NOTE, rkey: 'swap', record: noteRecord(value), swapRecord })
    assertError(await put(1, ELSE), 400, 'InvalidSwap')
    const first = await ok(put(1, null))
    assertError(await put(2, null), 400, 'InvalidSwap', new RegExp(first.cid))
    assertError(await put(2, ELSE), 400, 'InvalidSwap')
    const second = await ok(put(2, first.cid))
    const remove = (swapRecord) => call('deleteRecord', { collection: NOTE, rkey: 'swap', swapRecord })
    assertError(await remove(first.cid), 400, 'InvalidSwap')
    await ok(remove(second.cid))
  })
})

suite('a second', () => {
  const cases = [
    [LIKE, () => ({ uri: `at://${repo}/${POST}/${tid()}`, cid: ELSE })],
    ['app.bsky.feed.repost', () => ({ uri: `at://${repo}/${POST}/${tid()}`, cid: ELSE })],
    [FOLLOW, () => 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['app.bsky.graph.block', () => 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'],
  ]
  for (const [collection, makeSubject] of cases) {
    test(`${collection.split('.').pop()} of the same subject replaces the first in one commit`, async () => {
      const make = (subject, more) => ok(call('createRecord', { collection, record: { $type: collection, subject, createdAt: now() }, ...more }))
      const count = async () => (await ok(get('com.atproto.repo.listRecords', { repo, collection }))).records.map(({ uri }) => uri)
      const subject = makeSubject()
      await make(subject)
      const other = await make(typeof subject === 'string' ? 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb' : makeSubject())
      const second = await make(subject)
      assert.deepEqual(await count(), [second.uri, other.uri])
      assert.deepEqual(await head(), second.commit)
      await make(subject, { validate: false })
      assert.equal((await count()).length, 3)
    })
  }
})

suite('applyWrites', () => {
  test('answers each write in order, in one commit', async () => {
    await ok(call('applyWrites', { writes: [create(NOTE, 'a1', noteRecord(1)), create(NOTE, 'a2', noteRecord(2))] }))
    const writes = [update(NOTE, 'a1', noteRecord(3)), remove(NOTE, 'a2'), create(NOTE, 'a3', noteRecord(4)), create(POST, undefined, postRecord())]
    const answer = await ok(call('applyWrites', { writes }))
    assert.deepEqual(answer.results.map((result) => result.$type.split('#')[1]), ['updateResult', 'deleteResult', 'createResult', 'createResult'])
    assert.deepEqual(answer.results.map((result) => result.validationStatus), ['unknown', undefined, 'unknown', 'valid'])
    assert.deepEqual(answer.results[0].uri, `at://${repo}/${NOTE}/a1`)
    assert.deepEqual(await head(), answer.commit)
    assert.equal((await ok(read(NOTE, 'a1'))).value.value, 3)
    assertError(await read(NOTE, 'a2'), 400, 'RecordNotFound')
  })

  test('is all or nothing', async () => {
    const before = await head()
    const good = create(NOTE, 'b1', noteRecord(1))
    for (const bad of [create(POST, tid(), { text: 7 }), create(NOTE, 'a/b', {}), { ...good, $type: 'com.atproto.repo.applyWrites#zap' }]) {
      assertError(await call('applyWrites', { writes: [good, bad] }), 400, 'InvalidRequest')
    }
    assertError(await read(NOTE, 'b1'), 400, 'RecordNotFound')
    assert.deepEqual(await head(), before)
  })

  test('refuses what is already there, or not', better, async () => {
    await ok(call('applyWrites', { writes: [create(NOTE, 'c1', noteRecord(1))] }))
    const before = await head()
    for (const bad of [create(NOTE, 'c1', noteRecord(1)), update(NOTE, 'missing', noteRecord(1)), remove(NOTE, 'missing')]) {
      assertError(await call('applyWrites', { writes: [create(NOTE, 'c2', noteRecord(2)), bad] }), 400, 'InvalidRequest')
    }
    assert.deepEqual(await head(), before)
  })

  test('takes 200 writes, not 201, and none', async () => {
    const writes = (n) => Array.from({ length: n }, (_, i) => create(NOTE, `n${i}`, noteRecord(i)))
    assertError(await call('applyWrites', { writes: writes(201) }), 400, 'InvalidRequest', /200/)
    assert.equal((await ok(call('applyWrites', { writes: writes(200) }))).results.length, 200)
    const empty = await ok(call('applyWrites', { writes: [] }))
    assert.deepEqual(empty.results, [])
    assert.deepEqual(await head(), empty.commit)
  })
})

suite('listRecords', () => {
  const collection = 'com.example.listed'
  const list = (query) => ok(get('com.atproto.repo.listRecords', { repo, collection, ...query }))
  const keys = ({ records }) => records.map(({ uri }) => Number(uri.split('/').pop().slice(1)))
  before(() => ok(call('applyWrites', { writes: Array.from({ length: 120 }, (_, i) => create(collection, `k${100 + i}`, { n: i })) })))

  test('gives 50 of the newest keys first, each with its value', async () => {
    const page = await list()
    assert.deepEqual(keys(page), Array.from({ length: 50 }, (_, i) => 219 - i))
    assert.deepEqual(page.records[0].value, { $type: collection, n: 119 })
    assert.equal(page.cursor, 'k170')
  })

  test('pages through all, forwards and backwards', async () => {
    for (const reverse of [false, true]) {
      const seen = []
      let cursor
      do {
        const page = await list({ limit: 50, reverse, ...(cursor && { cursor }) })
        seen.push(...keys(page))
        cursor = page.cursor
      } while (cursor)
      const all = Array.from({ length: 120 }, (_, i) => 100 + i)
      assert.deepEqual(seen, reverse ? all : all.reverse())
    }
  })

  test('is empty for a collection without records', async () => {
    assert.deepEqual(await list({ collection: 'com.example.nothing' }), { records: [] })
  })

  test('agrees with the collections of describeRepo', async () => {
    const { collections } = await ok(get('com.atproto.repo.describeRepo', { repo }))
    assert.ok(collections.includes(collection) && collections.includes(POST))
    assert.deepEqual(collections, [...new Set(collections)])
    await ok(call('createRecord', { collection: 'com.example.once', rkey: 'x', record: {} }))
    await ok(call('deleteRecord', { collection: 'com.example.once', rkey: 'x' }))
    assert.ok(!(await ok(get('com.atproto.repo.describeRepo', { repo }))).collections.includes('com.example.once'))
  })
})

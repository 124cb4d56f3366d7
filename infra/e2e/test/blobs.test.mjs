import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { assertError, exchange, get, post } from '../lib/http.mjs'
import { poll } from '../lib/poll.mjs'
import { NOTE, POST, noteRecord, postRecord } from '../lib/records.mjs'
import { better, newAccount } from '../lib/world.mjs'

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const NEVER_SENT = 'bafkreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a'

suite('a blob', () => {
  let account, did
  before(async () => {
    account = await newAccount()
    did = account.did
  })
  const upload = (bytes, type) => post('com.atproto.repo.uploadBlob', bytes, account.token, { type })
  const sent = async (bytes, type) => {
    const answer = await upload(bytes, type)
    assert.equal(answer.status, 200, answer.text)
    return answer.json.blob
  }
  const write = (value, more) => post('com.atproto.repo.createRecord', { repo: did, collection: NOTE, record: noteRecord(value), ...more }, account.token)
  const writePost = (image) => write(0, { collection: POST, record: postRecord('look', { embed: { $type: 'app.bsky.embed.images', images: [{ alt: '', image }] } }) })
  const fetchBlob = (cid) => get('com.atproto.sync.getBlob', { did, cid })
  const written = async (value) => {
    const answer = await write(value)
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }

  test('is described by its hash, size and kind', async () => {
    const { data } = await account.agent.uploadBlob(PNG, { encoding: 'image/png' })
    assert.deepEqual([data.blob.mimeType, data.blob.size], ['image/png', PNG.length])
    assert.deepEqual(Buffer.from(data.blob.ref.multihash.digest), createHash('sha256').update(PNG).digest())
    const text = await sent('hello', 'text/plain')
    assert.deepEqual(text, { $type: 'blob', ref: { $link: text.ref.$link }, mimeType: 'text/plain', size: 5 })
  })

  test('is sniffed: what the bytes say wins over the header', async () => {
    assert.equal((await sent(PNG, 'image/jpeg')).mimeType, 'image/png')
    assert.equal((await sent(PNG, 'application/octet-stream')).mimeType, 'image/png')
    assert.equal((await sent('plain', 'text/plain; charset=utf-8')).mimeType, 'text/plain')
  })

  test('may be empty', async () => assert.equal((await sent('', 'text/plain')).size, 0))

  test('needs a content type', async () => {
    assertError(await upload('hello'), 400, 'InvalidRequest')
    assertError(await upload('hello', 'nonsense'), 400, 'InvalidRequest')
  })

  test('is not served before a record refers to it, and then inertly', async () => {
    const blob = await sent('served', 'text/html')
    const cid = blob.ref.$link
    assert.equal((await fetchBlob(cid)).status, 400)
    await written(blob)
    for (const method of ['GET', 'HEAD']) {
      const answer = await exchange(method, `/xrpc/com.atproto.sync.getBlob?did=${did}&cid=${cid}`)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, method === 'GET' ? 'served' : '')
      const { headers } = answer
      assert.match(headers['content-type'], /^text\/html/)
      assert.equal(headers['content-length'], '6')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.match(headers['content-disposition'], new RegExp(`^attachment; filename="${cid}"`))
      assert.equal(headers['content-security-policy'], "default-src 'none'; sandbox")
    }
  })

  test('that is not here has a name', better, async () => {
    assertError(await fetchBlob(NEVER_SENT), 400, 'BlobNotFound')
    assertError(await fetchBlob((await sent('never referred to', 'text/plain')).ref.$link), 400, 'BlobNotFound')
    assertError(await fetchBlob('nonsense'), 400, 'InvalidRequest')
  })

  test('is checked against the record that refers to it', async () => {
    const blob = await sent(PNG, 'image/png')
    for (const refer of [write, writePost]) {
      assertError(await refer({ ...blob, ref: { $link: NEVER_SENT } }), 400, 'BlobNotFound')
      assertError(await refer({ ...blob, size: blob.size + 1 }), 400, 'InvalidSize')
      assertError(await refer({ ...blob, mimeType: 'image/jpeg' }), 400, 'InvalidMimeType')
    }
    assertError(await writePost(await sent('text', 'text/plain')), 400, 'InvalidRequest', /image/)
    assertError(await writePost({ ...blob, size: 3_000_000 }), 400, 'InvalidRequest', /image/)
    assert.equal((await writePost(blob)).status, 200)
  })

  test('of another account is not here', async () => {
    const other = await newAccount()
    const answer = await post('com.atproto.repo.uploadBlob', 'theirs', other.token, { type: 'text/plain' })
    assertError(await write(answer.json.blob), 400, 'BlobNotFound')
  })

  test('of a megabyte comes back byte for byte', async () => {
    const bytes = Buffer.alloc(1_000_003, (i) => i % 251)
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 8)) & 255
    const blob = await sent(bytes, 'application/octet-stream')
    await written(blob)
    assert.ok((await fetchBlob(blob.ref.$link)).bytes.equals(bytes))
  })

  test('above the limit is refused', async () => {
    const { blobUploadLimit } = (await get('com.atproto.server.describeServer')).json
    assertError(await upload(Buffer.alloc(blobUploadLimit + 1), 'application/octet-stream'), 413, 'PayloadTooLarge')
  })

  test('goes when the last record that refers to it goes', async () => {
    const blob = await sent('twice used', 'text/plain')
    const [first, second] = [await written(blob), await written([blob, { again: blob }])]
    const remove = ({ uri }) => post('com.atproto.repo.deleteRecord', { repo: did, collection: NOTE, rkey: uri.split('/').pop() }, account.token)
    await remove(first)
    assert.equal((await fetchBlob(blob.ref.$link)).text, 'twice used')
    await remove(second)
    await poll('the blob to go', async () => (await fetchBlob(blob.ref.$link)).status === 400)
  })
})

suite('listBlobs', () => {
  test('pages through the blobs in use, or those since a rev', async () => {
    const account = await newAccount()
    const { did, token } = account
    const cids = []
    let rev
    for (let i = 0; i < 5; i++) {
      const { json } = await post('com.atproto.repo.uploadBlob', `blob ${i}`, token, { type: 'text/plain' })
      const made = await post('com.atproto.repo.createRecord', { repo: did, collection: NOTE, record: noteRecord(json.blob) }, token)
      if (i < 3) rev = made.json.commit.rev
      cids.push(json.blob.ref.$link)
    }
    const seen = []
    let cursor
    do {
      const { json } = await get('com.atproto.sync.listBlobs', { did, limit: 2, ...(cursor && { cursor }) })
      assert.ok(json.cids.length <= 2)
      seen.push(...json.cids)
      cursor = json.cursor
    } while (cursor)
    assert.deepEqual(seen, [...cids].sort())
    assert.deepEqual((await get('com.atproto.sync.listBlobs', { did, since: rev })).json.cids, cids.slice(3).sort())
    assert.deepEqual((await get('com.atproto.repo.listMissingBlobs', {}, { token })).json, { blobs: [] })
  })
})

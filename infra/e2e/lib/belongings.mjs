// What an account has that must not get lost when it moves: records of several collections, blobs, preferences, its DID.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { verifyRepoCar } from '@atproto/repo'
import { exportRepo } from './exports.mjs'
import { PREFERENCES_METHOD, serves } from './migration.mjs'
import { FOLLOW, LIKE, NOTE, POST, create, noteRecord, now, postRecord, tid } from './records.mjs'
import { identityResolver, plcOf } from './world.mjs'

const BATCH = 200
const BLOB_BYTES = 3_000
const SUBJECT = { uri: `at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/${POST}/3jzfcijpj2z2a`, cid: 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a' }
const MAKE = [
  (n) => create(POST, tid(), postRecord(`post ${n}`, { langs: ['en'] })),
  (n) => create(LIKE, tid(), { $type: LIKE, subject: SUBJECT, createdAt: now(), via: { ...SUBJECT, uri: `${SUBJECT.uri}${n}` } }),
  (n) => create(FOLLOW, tid(), { $type: FOLLOW, subject: `did:web:n${n}.example.com`, createdAt: now() }),
  (n) => create(NOTE, `note-${n}`, noteRecord(n, { deep: { list: [n, { n }, null] }, bytes: { $bytes: 'AQID' } })),
]
export const PREFERENCES = [
  { $type: 'app.bsky.actor.defs#adultContentPref', enabled: true },
  { $type: 'app.bsky.actor.defs#contentLabelPref', label: 'gore', visibility: 'warn' },
]

/** Random bytes that pass for a JPEG where kinds are guessed from content. */
const image = () => Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), randomBytes(BLOB_BYTES)])

/** Gives an account `records` records, `blobs` of which refer to a blob each (in posts and in records of no known schema). */
export async function furnish(account, { records, blobs }) {
  const writes = Array.from({ length: records - blobs }, (_, n) => MAKE[n % MAKE.length](n))
  for (let n = 0; n < blobs; n++) {
    const { data } = await account.agent.uploadBlob(image(), { encoding: 'image/jpeg' })
    const ref = data.blob.toJSON?.() ?? data.blob
    writes.push(n % 2
      ? create(NOTE, `blob-${n}`, noteRecord(n, { file: ref }))
      : create(POST, tid(), postRecord(`look ${n}`, { embed: { $type: 'app.bsky.embed.images', images: [{ alt: '', image: ref }] } })))
  }
  for (let at = 0; at < writes.length; at += BATCH) {
    await account.agent.com.atproto.repo.applyWrites({ repo: account.did, writes: writes.slice(at, at + BATCH) })
  }
  if (await serves(account, PREFERENCES_METHOD)) await account.agent.app.bsky.actor.putPreferences({ preferences: PREFERENCES })
}

/** All of an active account's belongings, in a form that compares deeply. The export must verify under the published key. */
export async function takeStock(account) {
  const car = await exportRepo(account)
  const { creates } = await verifyRepoCar(car, account.did, await publishedKey(account))
  return {
    records: creates.map(({ collection, rkey, cid }) => `${collection}/${rkey} ${cid}`).sort(),
    blobs: await blobsOf(account),
  }
}

export async function preferencesOf(account) {
  const { data } = await account.agent.app.bsky.actor.getPreferences()
  return data.preferences
}

/** CIDs of all blobs of an account, in order, each fetched and compared with its CID. */
async function blobsOf(account) {
  const cids = []
  let cursor
  do {
    const { data } = await account.agent.com.atproto.sync.listBlobs({ did: account.did, limit: 20, cursor })
    cids.push(...data.cids)
    cursor = data.cursor
  } while (cursor)
  for (const cid of cids) {
    const answer = await fetch(`${account.server}/xrpc/com.atproto.sync.getBlob?${new URLSearchParams({ did: account.did, cid })}`)
    assert.equal(answer.status, 200, `getBlob ${cid}`)
    const digest = createHash('sha256').update(Buffer.from(await answer.arrayBuffer())).digest()
    const base32 = toBase32(Buffer.concat([Buffer.from([1, 0x55, 0x12, 32]), digest]))
    assert.equal(`b${base32}`, cid, 'the blob is what its CID says')
  }
  return cids.sort()
}

function toBase32(bytes) {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return bits.match(/.{1,5}/g).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(five.padEnd(5, '0'), 2)]).join('')
}

const resolverOf = (account) => identityResolver(account.plc ?? plcOf(account.server))

/** The signing key (did:key) that the account's DID document gives to the world. */
export const publishedKey = (account) => resolverOf(account).did.resolveAtprotoKey(account.did, true)

/** What the DID document says: handle, home, key; and who may change it. */
export async function publishedIdentity(account) {
  const { handle, pds, signingKey } = await resolverOf(account).did.resolveAtprotoData(account.did, true)
  const answer = await fetch(`${account.plc ?? plcOf(account.server)}/${account.did}/data`)
  assert.equal(answer.status, 200, 'the directory knows the DID')
  return { handle, pds, signingKey, rotationKeys: (await answer.json()).rotationKeys }
}

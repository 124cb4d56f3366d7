// The eleven steps by which an account moves from one PDS to another (behaviour notes, §11), as a client makes them.
// Either end may be any PDS: { url, plc, tokenFor(address) }, and `large` where it takes repositories and blobs, if elsewhere.
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { AtpAgent } from '@atproto/api'
import { Secp256k1Keypair } from '@atproto/crypto'
import { cidForLex, encode } from '@atproto/lex-cbor'
import { exportRepo } from './exports.mjs'
import { poll } from './poll.mjs'
import { randomName } from './world.mjs'

const CREATE_ACCOUNT = 'com.atproto.server.createAccount'
const TOKEN = /\b[A-Z2-7]{5}-[A-Z2-7]{5}\b/

/** A home that is a Virga on a laptop, which shows its mails. */
export const virgaHome = (url, plc = url) => ({
  url,
  plc,
  tokenFor: (address) => poll(`a token for ${address}`, async () => {
    const answer = await fetch(`${url}/dev/mail.json?${new URLSearchParams({ to: address })}`)
    assert.equal(answer.status, 200, 'GET /dev/mail.json')
    return TOKEN.exec(await answer.text())?.[0]
  }),
})

/** Signs up at a home; with a key of one's own in the DID if asked. */
export async function signUpAt(home, { ownKey = false } = {}) {
  const agent = new AtpAgent({ service: home.url })
  const { data } = await agent.com.atproto.server.describeServer()
  const name = randomName()
  const login = { handle: name + data.availableUserDomains[0], email: `${name}@example.com`, password: crypto.randomUUID() }
  const key = ownKey ? await Secp256k1Keypair.create() : undefined
  await agent.createAccount({ ...login, ...(key && { recoveryKey: key.did() }) })
  return { ...login, agent, did: agent.session.did, server: home.url, plc: home.plc, home, key }
}

/** Whether an account's server has a procedure; an empty call of one that it has only fails. */
export async function serves(account, nsid) {
  const headers = { authorization: `Bearer ${account.agent.session.accessJwt}` }
  const answer = await fetch(`${account.server}/xrpc/${nsid}`, { method: 'POST', headers })
  await answer.arrayBuffer()
  return answer.status !== 501
}

export const PREFERENCES_METHOD = 'app.bsky.actor.putPreferences'

/**
 * Moves an account to another home and returns it as it is there; `account` stays signed in to what is left of it.
 * With `alone` the change of the DID is signed with the account's own key, without help of the old home.
 */
export async function move(account, home, { alone = false } = {}) {
  const moved = await arrive(account, home) // steps 1 to 3
  await carryRepo(account, moved) // 4
  await carryBlobs(account, moved) // 5
  await carryPreferences(account, moved) // 6
  await changeIdentity(account, moved, alone) // 7 to 9
  await compareStatus(account, moved) // 10
  await moved.agent.com.atproto.server.activateAccount()
  await account.agent.com.atproto.server.deactivateAccount({ deleteAfter: new Date(Date.now() + 30 * 86_400_000).toISOString() }) // 11
  return moved
}

async function arrive(account, home) {
  const agent = new AtpAgent({ service: home.url })
  const about = await agent.com.atproto.server.describeServer()
  const grant = await account.agent.com.atproto.server.getServiceAuth({ aud: about.data.did, lxm: CREATE_ACCOUNT })
  const handle = randomName() + about.data.availableUserDomains[0]
  const login = { handle, email: account.email, password: crypto.randomUUID() }
  const made = await agent.com.atproto.server.createAccount(
    { ...login, did: account.did },
    { headers: { authorization: `Bearer ${grant.data.token}` }, encoding: 'application/json' },
  )
  assert.equal(made.data.did, account.did)
  await agent.login({ identifier: account.did, password: login.password })
  const status = await agent.com.atproto.server.checkAccountStatus()
  assert.deepEqual([status.data.activated, status.data.validDid], [false, false], 'an arriving account is not active')
  return { ...login, agent, did: account.did, server: home.url, plc: home.plc, home, key: account.key }
}

/** A client for what is large, where the home takes that. */
function large({ home, agent }) {
  if (!home.large) return agent
  const client = new AtpAgent({ service: home.large })
  client.setHeader('authorization', `Bearer ${agent.session.accessJwt}`)
  return client
}

async function carryRepo(account, moved) {
  const car = await exportRepo(account)
  await large(moved).com.atproto.repo.importRepo(car, { encoding: 'application/vnd.ipld.car' })
}

async function carryBlobs(account, moved) {
  const missing = async (cursor) => (await moved.agent.com.atproto.repo.listMissingBlobs({ limit: 20, cursor })).data
  let cursor
  do {
    const page = await missing(cursor)
    for (const { cid } of page.blobs) {
      const blob = await account.agent.com.atproto.sync.getBlob({ did: account.did, cid })
      const sent = await large(moved).com.atproto.repo.uploadBlob(blob.data, { encoding: blob.headers['content-type'] })
      assert.equal(String(sent.data.blob.ref), cid)
    }
    cursor = page.cursor
  } while (cursor)
  assert.deepEqual((await missing()).blobs, [], 'no blob is missing any more')
}

async function carryPreferences(account, moved) {
  for (const end of [account, moved]) if (!(await serves(end, PREFERENCES_METHOD))) return
  const { data } = await account.agent.app.bsky.actor.getPreferences()
  await moved.agent.app.bsky.actor.putPreferences(data)
}

async function changeIdentity(account, moved, alone) {
  const { data } = await moved.agent.com.atproto.identity.getRecommendedDidCredentials()
  const own = account.key ? [account.key.did()] : []
  const credentials = { ...data, rotationKeys: [...own, ...data.rotationKeys] }
  const operation = alone ? await signedWithOwnKey(account, credentials) : await signedByOldHome(account, credentials)
  await moved.agent.com.atproto.identity.submitPlcOperation({ operation })
}

async function signedByOldHome(account, credentials) {
  await account.agent.com.atproto.identity.requestPlcOperationSignature()
  const token = await account.home.tokenFor(account.email)
  const { data } = await account.agent.com.atproto.identity.signPlcOperation({ token, ...credentials })
  return data.operation
}

/** For whom the old home does not help: an operation signed with the key that the account's owner has kept. */
async function signedWithOwnKey(account, credentials) {
  const last = await (await fetch(`${account.plc}/${account.did}/log/last`)).json()
  const operation = {
    type: 'plc_operation',
    ...credentials,
    prev: String(await cidForLex(last)),
  }
  return { ...operation, sig: Buffer.from(await account.key.sign(encode(operation))).toString('base64url') }
}

async function compareStatus(account, moved) {
  const { data: before } = await account.agent.com.atproto.server.checkAccountStatus()
  const { data: after } = await moved.agent.com.atproto.server.checkAccountStatus()
  // Not repoBlocks: what a server still keeps of earlier trees is its own affair.
  const counts = ({ indexedRecords, expectedBlobs, importedBlobs }) => ({ indexedRecords, expectedBlobs, importedBlobs })
  assert.deepEqual(counts(after), counts(before), 'everything has arrived')
  assert.equal(after.importedBlobs, after.expectedBlobs)
  assert.deepEqual([after.activated, after.validDid], [false, true])
}

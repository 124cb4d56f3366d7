// An account moves from the shared host to a second one that asks the first one's PLC directory.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { PREFERENCES, furnish, preferencesOf, publishedIdentity, publishedKey, takeStock } from '../lib/belongings.mjs'
import { Subscriber } from '../lib/firehose.mjs'
import { Follower } from '../lib/frames.mjs'
import { Host, noOwnHost } from '../lib/host.mjs'
import { assertError, get, rejects } from '../lib/http.mjs'
import { PREFERENCES_METHOD, move, serves, signUpAt, virgaHome } from '../lib/migration.mjs'
import { NOTE, noteRecord } from '../lib/records.mjs'
import { plcOf, url } from '../lib/world.mjs'

const RECORDS = 2_000
const BLOBS = 50

suite('an account that moves from one Virga to another', { skip: noOwnHost }, () => {
  let host, oldHome, newHome, oldStream, newStream, account, moved, stock, identity
  before(async () => {
    host = await Host.start({ PDS_DID_PLC_URL: plcOf() })
    oldHome = virgaHome(url, plcOf())
    newHome = virgaHome(host.url, plcOf())
    account = await signUpAt(oldHome, { ownKey: true })
    await furnish(account, { records: RECORDS, blobs: BLOBS })
    ;[stock, identity] = [await takeStock(account), await publishedIdentity(account)]
    oldStream = await Subscriber.open({ server: oldHome.url })
    newStream = await Subscriber.open({ server: newHome.url })
    moved = await move(account, newHome).catch((error) => {
      error.message += `\nThe end of the new host's output:\n${host.log()}`
      throw error
    })
  })
  after(async () => {
    oldStream?.close()
    newStream?.close()
    await host?.destroy()
  })

  test('keeps every record and blob', async () => {
    assert.deepEqual([stock.records.length, stock.blobs.length], [RECORDS, BLOBS])
    assert.deepEqual(await takeStock(moved), stock)
    const { data } = await moved.agent.com.atproto.repo.describeRepo({ repo: moved.did })
    assert.equal(data.collections.length, 4)
    assert.equal(data.handleIsCorrect, true)
  })

  test('keeps its preferences', async (t) => {
    if (!(await serves(account, PREFERENCES_METHOD))) return t.skip('preferences are not served')
    assert.deepEqual(await preferencesOf(moved), PREFERENCES)
  })

  test('has a DID document that leads to its new home and no longer to the old one', async () => {
    const now = await publishedIdentity(moved)
    const { data: wanted } = await moved.agent.com.atproto.identity.getRecommendedDidCredentials()
    assert.deepEqual([identity.handle, identity.pds], [account.handle, oldHome.url])
    assert.deepEqual([now.handle, now.pds, now.signingKey], [moved.handle, newHome.url, wanted.verificationMethods.atproto])
    assert.deepEqual(now.rotationKeys, [account.key.did(), ...wanted.rotationKeys])
    assert.notEqual(now.signingKey, identity.signingKey)
    assert.deepEqual(identity.rotationKeys[0], account.key.did())
    for (const key of identity.rotationKeys.slice(1)) assert.ok(!now.rotationKeys.includes(key), 'the old home may not change the DID any more')
  })

  test('is announced by its new home with a commit under the new key, and goes on from there', async () => {
    const { data } = await moved.agent.com.atproto.repo.createRecord({ repo: moved.did, collection: NOTE, record: noteRecord('home') })
    await newStream.untilCommit(data.commit.cid)
    const frames = newStream.frames
    assert.deepEqual(frames.map(({ type }) => type), ['#identity', '#account', '#identity', '#sync', '#commit'])
    for (const { body } of frames) assert.equal(body.did ?? body.repo, moved.did)
    const [, { body: status }, { body: named }, { body: sync }, { body: commit }] = frames
    assert.deepEqual([status.active, named.handle, commit.since], [true, moved.handle, sync.rev])
    // The follower knows keys only from the directory, and compares the rev of #sync with the commit's.
    const follower = await new Follower(oldHome.url).follow(frames)
    assert.equal(follower.heads.get(moved.did).rev, data.commit.rev)
    await moved.agent.com.atproto.repo.deleteRecord({ repo: moved.did, collection: NOTE, rkey: data.uri.split('/').at(-1) })
  })

  test('has revisions that rise over the move', async () => {
    const before = await account.agent.com.atproto.server.checkAccountStatus()
    const now = await moved.agent.com.atproto.server.checkAccountStatus()
    assert.ok(now.data.repoRev > before.data.repoRev)
    assert.equal(now.data.activated, true)
  })

  test('is deactivated where it was', async () => {
    const { body } = await oldStream.until('the account to be gone', ({ type, body }) => type === '#account' && body.did === account.did)
    assert.deepEqual([body.active, body.status], [false, 'deactivated'])
    assertError(await get('com.atproto.sync.getRepo', { did: account.did }, { server: oldHome.url }), 400, 'RepoDeactivated')
    await assert.rejects(account.agent.com.atproto.repo.createRecord({ repo: account.did, collection: NOTE, record: noteRecord(1) }))
    const { data } = await account.agent.com.atproto.server.checkAccountStatus()
    assert.deepEqual([data.activated, data.validDid], [false, false])
  })

  test('can sign in at its new home by handle, and only with the password given there', async () => {
    await moved.agent.login({ identifier: moved.handle, password: moved.password })
    await rejects(moved.agent.com.atproto.server.createSession({ identifier: moved.handle, password: account.password }), 401, 'AuthenticationRequired')
  })

  test('is not taken in again on the word of its old home, whose key counts no more', async () => {
    await rejects(move(account, newHome), 401, 'BadJwtSignature')
  })

  test('needs no help of its old home if it has a key of its own', async () => {
    const independent = await signUpAt(oldHome, { ownKey: true })
    await furnish(independent, { records: 20, blobs: 2 })
    const before = await takeStock(independent)
    const elsewhere = await move(independent, newHome, { alone: true })
    assert.deepEqual(await takeStock(elsewhere), before)
    const now = await publishedIdentity(elsewhere)
    assert.deepEqual([now.pds, now.rotationKeys[0]], [newHome.url, independent.key.did()])
    assert.equal(now.signingKey, await publishedKey(elsewhere))
  })
})

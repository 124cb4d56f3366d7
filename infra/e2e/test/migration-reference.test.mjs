// An account moves from the reference PDS to Virga and back, all three asking the reference's own PLC directory.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { PREFERENCES, furnish, preferencesOf, publishedIdentity, takeStock } from '../lib/belongings.mjs'
import { Subscriber } from '../lib/firehose.mjs'
import { Host, noOwnHost } from '../lib/host.mjs'
import { PREFERENCES_METHOD, move, serves, signUpAt, virgaHome } from '../lib/migration.mjs'
import { Reference, noReference } from '../lib/reference.mjs'
import { NOTE, noteRecord } from '../lib/records.mjs'

const RECORDS = 2_000
const BLOBS = 50

suite('an account that moves from the reference to Virga and back', { skip: noOwnHost || noReference() }, () => {
  let reference, host, account, stock, guest, servedPreferences
  before(async () => {
    reference = await Reference.start()
    host = await Host.start({ PDS_DID_PLC_URL: reference.plc })
    account = await signUpAt(reference)
    await furnish(account, { records: RECORDS, blobs: BLOBS })
    stock = await takeStock(account)
  })
  after(async () => {
    await reference?.destroy()
    await host?.destroy()
  })

  test('arrives with everything', async (t) => {
    const stream = await Subscriber.open({ server: host.url })
    t.after(() => stream.close())
    guest = await move(account, virgaHome(host.url, reference.plc))
    assert.deepEqual([stock.records.length, stock.blobs.length], [RECORDS, BLOBS])
    assert.deepEqual(await takeStock(guest), stock)
    servedPreferences = await serves(guest, PREFERENCES_METHOD)
    if (servedPreferences) assert.deepEqual(await preferencesOf(guest), PREFERENCES)
    else t.diagnostic('preferences are not served')
    const identity = await publishedIdentity(guest)
    assert.deepEqual([identity.handle, identity.pds], [guest.handle, host.url])
    await stream.until('#sync', ({ type }) => type === '#sync')
    assert.deepEqual(stream.frames.map(({ type }) => type), ['#identity', '#account', '#identity', '#sync'])
  })

  test('returns with everything and what it wrote meanwhile', async () => {
    await guest.agent.com.atproto.repo.createRecord({ repo: guest.did, collection: NOTE, rkey: 'away', record: noteRecord('away') })
    const grown = await takeStock(guest)
    assert.equal(grown.records.length, RECORDS + 1)
    // The reference takes nobody in whose account it still has.
    const authorization = `Basic ${Buffer.from(`admin:${reference.adminPassword}`).toString('base64')}`
    await account.agent.com.atproto.admin.deleteAccount({ did: account.did }, { headers: { authorization }, encoding: 'application/json' })
    const back = await move(guest, reference)
    if (servedPreferences) assert.deepEqual(await preferencesOf(back), PREFERENCES)
    const identity = await publishedIdentity(back)
    assert.deepEqual([identity.handle, identity.pds], [back.handle, reference.url])
    const away = await back.agent.com.atproto.repo.getRecord({ repo: back.did, collection: NOTE, rkey: 'away' })
    assert.equal(away.data.value.value, 'away')
    // The reference does not sign what it takes in, so its export only verifies after a write.
    await back.agent.com.atproto.repo.deleteRecord({ repo: back.did, collection: NOTE, rkey: 'away' })
    assert.deepEqual(await takeStock(back), stock)
  })
})
